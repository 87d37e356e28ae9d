import { sql } from 'kysely';
import type { Queryable, Trx } from '#lib/server/platform/db.ts';
import type { Crop, Drawn } from '#lib/server/platform/pictures.ts';
import type { CaseWords } from './input.ts';
import type { Purpose, Word } from './photo-consent.ts';
import type { CaseState, Reach, Side } from './portfolio-case.ts';

const practitionerName = sql`concat_ws(' ', p.title, p.display_name)`;

// Consent

/** One word about pictures of a treatment; whose it is to say, and when, the database decides. */
export async function insertWord(
  trx: Trx,
  treatmentId: string,
  purposes: readonly Purpose[],
  word: Word,
): Promise<{ patientId: string } | undefined> {
  const { rows } = await sql<{ patientId: string }>`
    INSERT INTO photo_consent (treatment_id, patient_id, practitioner_id, purpose, nth, word, said_by, said_at)
    SELECT a.id, a.patient_id, a.practitioner_id, purpose, 0, ${word}, current_actor(), app_now()
      FROM appointment a, unnest(${[...purposes]}::text[]) purpose WHERE a.id = ${treatmentId}
    RETURNING patient_id AS "patientId"`.execute(trx);
  return rows[0];
}

export interface ConsentRow {
  treatmentId: string;
  practitionerName: string;
  startedAt: Temporal.Instant;
  timeZone: string;
  purpose: Purpose;
  word: Word;
  saidAt: Temporal.Instant;
  caseId: string | null;
  reach: Reach | null;
  slug: string;
}

/** The last word about each use that was asked of this account. */
export async function findMyConsents(db: Queryable, accountId: string): Promise<ConsentRow[]> {
  const { rows } = await sql<ConsentRow>`
    SELECT DISTINCT ON (a.started_at, c.treatment_id, c.purpose)
           c.treatment_id AS "treatmentId", ${practitionerName} AS "practitionerName", p.slug, a.started_at AS "startedAt", a.time_zone AS "timeZone",
           c.purpose, c.word, c.said_at AS "saidAt", k.id AS "caseId", portfolio_reach(k.id) AS reach
      FROM photo_consent c JOIN patient t ON t.id = c.patient_id JOIN appointment a ON a.id = c.treatment_id JOIN practitioner p ON p.id = c.practitioner_id
      LEFT JOIN portfolio_case k ON k.treatment_id = c.treatment_id
     WHERE t.account_id = ${accountId} ORDER BY a.started_at DESC, c.treatment_id, c.purpose, c.nth DESC`.execute(
    db,
  );
  return rows;
}

export interface TreatedRow {
  treatmentId: string;
  patientId: string;
  patientName: string;
  startedAt: Temporal.Instant;
  timeZone: string;
  words: Partial<Record<Purpose, Word>>;
  caseId: string | null;
  mayBegin: boolean;
}

/** The last treatments of a practitioner, and what was said about pictures of each. */
export async function findTreated(
  db: Queryable,
  practitionerId: string,
  treatmentId: string | null = null,
): Promise<TreatedRow[]> {
  const { rows } = await sql<TreatedRow>`
    SELECT a.id AS "treatmentId", a.patient_id AS "patientId", concat_ws(' ', t.given_name, t.family_name) AS "patientName", a.started_at AS "startedAt", a.time_zone AS "timeZone",
           coalesce((SELECT jsonb_object_agg(l.purpose, l.word) FROM (
             SELECT DISTINCT ON (c.purpose) c.purpose, c.word FROM photo_consent c WHERE c.treatment_id = a.id ORDER BY c.purpose, c.nth DESC) l), '{}') AS words,
           k.id AS "caseId", k.id IS NULL AND photo_given(a.id, '{consultation,public}') AS "mayBegin"
      FROM appointment a JOIN patient t ON t.id = a.patient_id LEFT JOIN portfolio_case k ON k.treatment_id = a.id
     WHERE a.practitioner_id = ${practitionerId} AND a.kind = 'treatment' AND a.state IN ('completed', 'stopped')
       ${treatmentId === null ? sql`` : sql`AND a.id = ${treatmentId}`}
     ORDER BY a.started_at DESC LIMIT 40`.execute(db);
  return rows;
}

/** The practitioner that an account is. */
export async function findOwnPractitioner(db: Queryable, accountId: string) {
  const { rows } = await sql<{ id: string; slug: string; lawful: string }>`
    SELECT p.id, p.slug, (SELECT portfolio_lawful(l.jurisdiction, p.id) FROM practice pr JOIN location l ON l.id = pr.location_id
                           WHERE pr.practitioner_id = p.id ORDER BY l.id LIMIT 1) AS lawful
      FROM practitioner p WHERE p.account_id = ${accountId}`.execute(db);
  return rows[0];
}

// Cases

export async function insertCase(
  trx: Trx,
  treatmentId: string,
  words: CaseWords,
): Promise<{ id: string; patientId: string } | undefined> {
  // Whose, where and when the treatment was, the database fills in.
  const { rows } = await sql<{ id: string; patientId: string }>`
    INSERT INTO portfolio_case (treatment_id, patient_id, practitioner_id, jurisdiction, treated_on, before_on, after_on, regions, asked_for, why, unaltered)
    SELECT a.id, a.patient_id, a.practitioner_id, a.jurisdiction, a.started_at::date, ${words.beforeOn}, ${words.afterOn}, ${words.regions}, ${words.askedFor}, ${words.why}, true
      FROM appointment a WHERE a.id = ${treatmentId}
    RETURNING id, patient_id AS "patientId"`.execute(trx);
  return rows[0];
}

export async function updateCase(trx: Trx, caseId: string, words: CaseWords): Promise<void> {
  await sql`
    UPDATE portfolio_case SET before_on = ${words.beforeOn}, after_on = ${words.afterOn}, regions = ${words.regions}, asked_for = ${words.askedFor}, why = ${words.why}
     WHERE id = ${caseId}`.execute(trx);
}

/** A step; what may follow what, and who may take it, the database decides. */
export async function insertStep(
  trx: Trx,
  caseId: string,
  kind: Exclude<CaseState, 'draft'>,
  reason = '',
): Promise<void> {
  await sql`
    INSERT INTO portfolio_step (case_id, nth, kind, reason, taken_by, taken_at)
    VALUES (${caseId}, 0, ${kind}, ${reason}, current_actor(), app_now())`.execute(trx);
}

export interface CaseRow {
  id: string;
  treatmentId: string;
  patientId: string;
  practitionerId: string;
  practitionerName: string;
  practitionerAccountId: string;
  slug: string;
  jurisdiction: string;
  treatedOn: string;
  beforeOn: string;
  afterOn: string;
  daysSince: number;
  regions: string[];
  askedFor: string;
  why: string;
  state: CaseState;
  reach: Reach;
  reason: string | null;
  sentAt: Temporal.Instant | null;
  isAgreed: boolean;
  pictures: number;
}

/** Cases as they are now, as far as the actor may know of them; the newest first. */
export async function findCases(
  db: Queryable,
  wanted: { id: string } | { practitionerId: string } | { state: CaseState },
): Promise<CaseRow[]> {
  const which =
    'id' in wanted
      ? sql`c.id = ${wanted.id}`
      : 'practitionerId' in wanted
        ? sql`c.practitioner_id = ${wanted.practitionerId}`
        : sql`portfolio_state(c.id) = ${wanted.state}`;
  const { rows } = await sql<CaseRow>`
    SELECT c.id, c.treatment_id AS "treatmentId", c.patient_id AS "patientId", c.practitioner_id AS "practitionerId", ${practitionerName} AS "practitionerName",
           p.account_id AS "practitionerAccountId", p.slug, c.jurisdiction, c.treated_on AS "treatedOn", c.before_on AS "beforeOn", c.after_on AS "afterOn",
           c.days_since AS "daysSince", c.regions, c.asked_for AS "askedFor", c.why, portfolio_state(c.id) AS state, portfolio_reach(c.id) AS reach,
           s.reason, s.taken_at AS "sentAt", photo_given(c.treatment_id, '{consultation,public}') AS "isAgreed",
           (SELECT count(*)::int FROM portfolio_picture i WHERE i.case_id = c.id) AS pictures
      FROM portfolio_case c JOIN practitioner p ON p.id = c.practitioner_id
      LEFT JOIN LATERAL (SELECT * FROM portfolio_step WHERE case_id = c.id ORDER BY nth DESC LIMIT 1) s ON true
     WHERE ${which} ORDER BY c.begun_at DESC, c.id`.execute(db);
  return rows;
}

// Pictures

export interface PictureRow {
  id: string;
  caseId: string;
  side: Side;
  crop: Crop;
  placeholder: string;
  renditions: { id: string; width: number; height: number; type: string; whole: boolean }[];
}

/** The pictures of these cases that the actor may see, each with the addresses of its sizes. */
export async function findPictures(db: Queryable, caseIds: readonly string[]): Promise<PictureRow[]> {
  const { rows } = await sql<PictureRow>`
    SELECT p.id, p.case_id AS "caseId", p.side, p.placeholder,
           jsonb_build_object('left', p.crop_left, 'top', p.crop_top, 'width', p.crop_width, 'height', p.crop_height) AS crop,
           (SELECT jsonb_agg(jsonb_build_object('id', r.id, 'width', r.width, 'height', r.height, 'type', r.media_type, 'whole', r.is_whole) ORDER BY r.width)
              FROM portfolio_rendition r WHERE r.picture_id = p.id) AS renditions
      FROM portfolio_picture p WHERE p.case_id = ANY (${[...caseIds]}::uuid[])`.execute(db);
  return rows;
}

/** Whether the strictest law of this place and of every place of the practitioner lets everybody see pictures. */
export async function mayBePublic(
  db: Queryable,
  jurisdiction: string,
  practitionerId: string,
): Promise<boolean> {
  const { rows } = await sql<{ lawful: string }>`
    SELECT portfolio_lawful(${jurisdiction}, ${practitionerId}) AS lawful`.execute(db);
  return rows[0]!.lawful === 'public';
}

/** Cases that everybody may see, with their pictures, in one statement; the newest first. */
export async function findPublicCases(db: Queryable, practitionerId: string) {
  const { rows } = await sql<
    Pick<CaseRow, 'id' | 'daysSince' | 'beforeOn' | 'afterOn' | 'regions' | 'askedFor' | 'why'> & {
      pictures: PictureRow[];
    }
  >`
    SELECT id, days_since AS "daysSince", before_on AS "beforeOn", after_on AS "afterOn", regions, asked_for AS "askedFor", why, pictures
      FROM portfolio_public(${practitionerId})`.execute(db);
  return rows;
}

/** One rendition that the actor may see, and whether everybody may. */
export async function findRendition(db: Queryable, id: string) {
  const { rows } = await sql<{ type: string; bytes: Buffer; isPublic: boolean }>`
    SELECT r.media_type AS type, r.bytes, NOT r.is_whole AND portfolio_reach(p.case_id) = 'public' AS "isPublic"
      FROM portfolio_rendition r JOIN portfolio_picture p ON p.id = r.picture_id WHERE r.id = ${id}`.execute(
    db,
  );
  return rows[0];
}

/** The whole picture of a side, to be cut anew. */
export async function findWhole(db: Queryable, caseId: string, side: Side) {
  const { rows } = await sql<{ pictureId: string; width: number; height: number; bytes: Buffer }>`
    SELECT p.id AS "pictureId", r.width, r.height, r.bytes FROM portfolio_picture p JOIN portfolio_rendition r ON r.picture_id = p.id AND r.is_whole
     WHERE p.case_id = ${caseId} AND p.side = ${side}`.execute(db);
  return rows[0];
}

/** One change of a case after the other; none while its patient takes something back. */
async function lockCase(trx: Trx, caseId: string): Promise<void> {
  await sql`SELECT FROM appointment a JOIN portfolio_case c ON c.treatment_id = a.id WHERE c.id = ${caseId} FOR SHARE OF a`.execute(
    trx,
  );
  await sql`SELECT FROM portfolio_case WHERE id = ${caseId} FOR NO KEY UPDATE`.execute(trx);
}

/** Puts a picture in the place of the one there. */
export async function replacePicture(
  trx: Trx,
  caseId: string,
  side: Side,
  whole: Drawn,
  drawn: { renditions: Drawn[]; placeholder: string },
): Promise<void> {
  await lockCase(trx, caseId);
  await sql`DELETE FROM portfolio_picture WHERE case_id = ${caseId} AND side = ${side}`.execute(trx);
  const { rows } = await sql<{ id: string }>`
    INSERT INTO portfolio_picture (case_id, side, placeholder) VALUES (${caseId}, ${side}, ${drawn.placeholder}) RETURNING id`.execute(
    trx,
  );
  await insertRenditions(trx, rows[0]!.id, [whole], true);
  await insertRenditions(trx, rows[0]!.id, drawn.renditions, false);
}

/** Shows another part of the same picture; its sizes get new addresses. */
export async function replaceCrop(
  trx: Trx,
  { caseId, pictureId }: { caseId: string; pictureId: string },
  crop: Crop,
  drawn: { renditions: Drawn[]; placeholder: string },
): Promise<void> {
  await lockCase(trx, caseId);
  await sql`
    UPDATE portfolio_picture SET crop_left = ${crop.left}, crop_top = ${crop.top}, crop_width = ${crop.width}, crop_height = ${crop.height}, placeholder = ${drawn.placeholder}
     WHERE id = ${pictureId}`.execute(trx);
  await sql`DELETE FROM portfolio_rendition WHERE picture_id = ${pictureId} AND NOT is_whole`.execute(trx);
  await insertRenditions(trx, pictureId, drawn.renditions, false);
}

async function insertRenditions(trx: Trx, pictureId: string, drawn: readonly Drawn[], isWhole: boolean) {
  await sql`
    INSERT INTO portfolio_rendition (picture_id, is_whole, width, height, media_type, bytes)
    VALUES ${sql.join(
      drawn.map(
        ({ width, height, mediaType, bytes }) =>
          sql`(${pictureId}, ${isWhole}, ${width}, ${height}, ${mediaType}, ${bytes})`,
      ),
    )}`.execute(trx);
}

// Files on their way

export interface UploadRow {
  id: string;
  caseId: string;
  side: Side;
  size: number;
  sha256: string;
  received: number;
}

const upload = sql`id, case_id AS "caseId", side, size, sha256, received`;

/** An upload of one's own, locked. */
export async function lockUpload(trx: Trx, uploadId: string): Promise<UploadRow | undefined> {
  const { rows } = await sql<UploadRow>`
    SELECT ${upload} FROM portfolio_upload WHERE id = ${uploadId} FOR UPDATE`.execute(trx);
  return rows[0];
}

export async function findUpload(db: Queryable, uploadId: string): Promise<UploadRow | undefined> {
  const { rows } =
    await sql<UploadRow>`SELECT ${upload} FROM portfolio_upload WHERE id = ${uploadId}`.execute(db);
  return rows[0];
}

/** The same file for the same place goes on; another one begins anew. */
export async function beginUpload(
  trx: Trx,
  { caseId, side, size, sha256 }: Omit<UploadRow, 'id' | 'received'>,
): Promise<UploadRow> {
  await lockCase(trx, caseId);
  await sql`
    DELETE FROM portfolio_upload WHERE case_id = ${caseId} AND side = ${side} AND (size <> ${size} OR sha256 <> ${sha256})`.execute(
    trx,
  );
  await sql`
    INSERT INTO portfolio_upload (case_id, side, size, sha256) VALUES (${caseId}, ${side}, ${size}, ${sha256})
    ON CONFLICT ON CONSTRAINT portfolio_upload_one_a_side DO NOTHING`.execute(trx);
  const { rows } = await sql<UploadRow>`
    SELECT ${upload} FROM portfolio_upload WHERE case_id = ${caseId} AND side = ${side}`.execute(trx);
  return rows[0]!;
}

export async function insertPiece(trx: Trx, { id, received }: UploadRow, bytes: Buffer): Promise<void> {
  await sql`INSERT INTO portfolio_upload_piece (upload_id, starts_at, bytes) VALUES (${id}, ${received}, ${bytes})`.execute(
    trx,
  );
  await sql`UPDATE portfolio_upload SET received = received + ${bytes.length} WHERE id = ${id}`.execute(trx);
}

/** The pieces of an upload in their order. */
export async function findPieces(trx: Trx, uploadId: string): Promise<Buffer[]> {
  const { rows } = await sql<{ bytes: Buffer }>`
    SELECT bytes FROM portfolio_upload_piece WHERE upload_id = ${uploadId} ORDER BY starts_at`.execute(trx);
  return rows.map(({ bytes }) => bytes);
}

export async function deleteUpload(trx: Trx, uploadId: string): Promise<void> {
  await sql`DELETE FROM portfolio_upload WHERE id = ${uploadId}`.execute(trx);
}

/** What nobody went on with for a day. */
export async function deleteStaleUploads(db: Queryable): Promise<void> {
  await sql`DELETE FROM portfolio_upload WHERE begun_at < app_now() - interval '1 day'`.execute(db);
}
