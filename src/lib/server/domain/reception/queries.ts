import { sql } from 'kysely';
import { rangeValue, type Queryable, type Trx } from '#lib/server/platform/db.ts';
import type { InstantRange } from '#lib/server/platform/instants.ts';
import type { AppointmentKind } from '../availability/schedule.ts';
import { saidLateMinutes, willCome } from '../booking/day-queries.ts';
import { isDouble } from '../booking/queries.ts';
import type { AppointmentState } from '../booking/appointment.ts';

// The desk

/** The clinics at whose desk this account works today. */
export async function findDeskClinics(db: Queryable, accountId: string) {
  const { rows } = await sql<{ id: string; name: string; timeZone: string; now: Temporal.Instant }>`
    SELECT c.id, c.name, (SELECT min(l.time_zone) FROM location l WHERE l.clinic_id = c.id) AS "timeZone", app_now() AS now
      FROM clinic c
     WHERE EXISTS (SELECT FROM clinic_member m WHERE m.clinic_id = c.id AND m.account_id = ${accountId} AND m.valid @> app_now())
       AND EXISTS (SELECT FROM location l WHERE l.clinic_id = c.id)
     ORDER BY c.name, c.id`.execute(db);
  return rows;
}

/** Who works at these clinics, and where. */
export async function findDeskPractices(db: Queryable, clinicIds: readonly string[]) {
  const { rows } = await sql<{
    practitionerId: string;
    practitionerName: string;
    slug: string;
    locationId: string;
    locationName: string;
    clinicId: string;
    /** The clinic's own date, and the age that policy asks for there. */
    today: string;
    leastAge: number;
  }>`
    SELECT r.id AS "practitionerId", concat_ws(' ', r.title, r.display_name) AS "practitionerName", r.slug,
           l.id AS "locationId", l.name AS "locationName", l.clinic_id AS "clinicId", t.today::text AS today,
           policy_number(l.jurisdiction, 'min_age', t.today) AS "leastAge"
      FROM practice w JOIN practitioner r ON r.id = w.practitioner_id JOIN location l ON l.id = w.location_id
      CROSS JOIN LATERAL (SELECT (app_now() AT TIME ZONE l.time_zone)::date AS today) t
     WHERE l.clinic_id = ANY (${clinicIds}::uuid[])
     ORDER BY r.family_name, r.id, l.name, l.id`.execute(db);
  return rows;
}
export type DeskPractice = Awaited<ReturnType<typeof findDeskPractices>>[number];

// Visits. Nothing clinical is among their columns.

const VISIT = sql`
  SELECT a.id, a.kind, a.state, a.during, a.time_zone AS "timeZone",
         CASE WHEN 'no_voicemail' <> ALL (a.needs) AND wants_no_voicemail(a.patient_id) THEN a.needs || '{no_voicemail}'::text[] ELSE a.needs END AS needs, a.channel, a.reason, a.block_id AS "blockId",
         a.clinic_id AS "clinicId", a.location_id AS "locationId", l.name AS "locationName",
         concat_ws(', ', l.street, l.locality, l.postcode) AS address, l.directions, c.name AS "clinicName", c.phone AS "clinicPhone",
         a.practitioner_id AS "practitionerId", concat_ws(' ', r.title, r.display_name) AS "practitionerName",
         (SELECT ${isDouble} FROM practice, (SELECT a.*) AS appointment
           WHERE practice.practitioner_id = a.practitioner_id AND practice.location_id = a.location_id) AS "isDouble",
         p.id AS "patientId", p.given_name || ' ' || p.family_name AS "patientName", p.date_of_birth AS "dateOfBirth",
         p.phone, coalesce(x.email, p.email) AS email, p.postal_address AS "postalAddress", p.account_id IS NOT NULL AS "hasAccount",
         ${willCome('a')} AS "willCome", ${saidLateMinutes('a')} AS "saidLateMinutes"
    FROM appointment a JOIN patient p ON p.id = a.patient_id LEFT JOIN account x ON x.id = p.account_id
    JOIN practitioner r ON r.id = a.practitioner_id JOIN location l ON l.id = a.location_id JOIN clinic c ON c.id = a.clinic_id
   WHERE a.state NOT IN ('held', 'expired')`;

export interface VisitRow {
  id: string;
  kind: AppointmentKind;
  state: AppointmentState;
  during: InstantRange;
  timeZone: string;
  needs: string[];
  channel: string;
  reason: string;
  blockId: string | null;
  clinicId: string;
  clinicName: string;
  clinicPhone: string;
  locationId: string;
  locationName: string;
  address: string;
  directions: string;
  practitionerId: string;
  practitionerName: string;
  isDouble: boolean;
  patientId: string;
  patientName: string;
  dateOfBirth: string;
  phone: string | null;
  email: string | null;
  postalAddress: string;
  hasAccount: boolean;
  willCome: boolean;
  saidLateMinutes: number | null;
}

export async function findVisitsBetween(
  db: Queryable,
  clinicIds: readonly string[],
  window: InstantRange,
): Promise<VisitRow[]> {
  const { rows } = await sql<VisitRow>`
    ${VISIT} AND a.clinic_id = ANY (${clinicIds}::uuid[]) AND a.during && ${rangeValue(window)}
     ORDER BY r.family_name, r.id, lower(a.during), a.id`.execute(db);
  return rows;
}

/** The first day after this one on which somebody is booked, on the calendar of the place; undefined where there is none. */
export async function findNextDay(
  db: Queryable,
  clinicIds: readonly string[],
  after: Temporal.Instant,
): Promise<string | undefined> {
  const { rows } = await sql<{ day: string }>`
    SELECT (lower(a.during) AT TIME ZONE a.time_zone)::date::text AS day FROM appointment a
     WHERE a.clinic_id = ANY (${clinicIds}::uuid[]) AND a.during && tstzrange(${after}::timestamptz, ${after}::timestamptz + interval '1 year') AND lower(a.during) >= ${after} AND a.state IN ('confirmed', 'arrived')
     ORDER BY lower(a.during) LIMIT 1`.execute(db);
  return rows[0]?.day;
}

/** Visits of the practitioner whose account this is, wherever they are. */
export async function findVisitsWith(
  db: Queryable,
  accountId: string,
  window: InstantRange,
): Promise<VisitRow[]> {
  const { rows } = await sql<VisitRow>`
    ${VISIT} AND r.account_id = ${accountId} AND a.during && ${rangeValue(window)} ORDER BY lower(a.during), a.id`.execute(
    db,
  );
  return rows;
}

/** The clock of the practitioner whose account this is; undefined for anybody else. */
export async function findOwnClock(db: Queryable, accountId: string) {
  const { rows } = await sql<{ timeZone: string; now: Temporal.Instant }>`
    SELECT l.time_zone AS "timeZone", app_now() AS now FROM practitioner r JOIN practice w ON w.practitioner_id = r.id JOIN location l ON l.id = w.location_id
     WHERE r.account_id = ${accountId} ORDER BY l.id LIMIT 1`.execute(db);
  return rows[0];
}

/** Who comes between two moments, gets no letters, and has not said that they come: somebody tells them. */
export async function findToTell(
  db: Queryable,
  clinicIds: readonly string[],
  window: InstantRange,
  most: number,
): Promise<VisitRow[]> {
  const { rows } = await sql<VisitRow>`
    ${VISIT} AND a.clinic_id = ANY (${clinicIds}::uuid[]) AND a.during && ${rangeValue(window)} AND a.state = 'confirmed'
       AND p.account_id IS NULL AND p.email IS NULL AND NOT ${willCome('a')} AND NOT letters_have_ended(NULL, p.id)
       AND NOT EXISTS (SELECT FROM visit_word w WHERE w.appointment_id = a.id AND w.starts_at = lower(a.during) AND w.word = 'posted')
     ORDER BY lower(a.during), a.id LIMIT ${most}`.execute(db);
  return rows;
}

export async function findVisitHead(db: Queryable, clinicIds: readonly string[], appointmentId: string) {
  const { rows } = await sql<VisitRow>`
    ${VISIT} AND a.clinic_id = ANY (${clinicIds}::uuid[]) AND a.id = ${appointmentId}`.execute(db);
  return rows[0];
}

/** What somebody has had and will have at these clinics, the latest first. */
export async function findVisitsOf(db: Queryable, clinicIds: readonly string[], patientId: string) {
  const { rows } = await sql<VisitRow>`
    ${VISIT} AND a.clinic_id = ANY (${clinicIds}::uuid[]) AND p.id = ${patientId}
     ORDER BY lower(a.during) DESC, a.id LIMIT 50`.execute(db);
  return rows;
}

/** Which papers are still to come: yes or no, never what they say. */
export async function findPapersDue(db: Queryable, patientIds: readonly string[]) {
  const { rows } = await sql<{ patientId: string; answersDue: boolean; identityDue: boolean }>`
    SELECT patient_id AS "patientId", answers_due AS "answersDue", identity_due AS "identityDue"
      FROM papers_due(${patientIds}::uuid[])`.execute(db);
  return new Map(rows.map((row) => [row.patientId, row]));
}

// People

const PERSON = sql`
  SELECT p.id, p.given_name AS "givenName", p.family_name AS "familyName", p.date_of_birth AS "dateOfBirth",
         p.phone, coalesce(x.email, p.email) AS email, p.postal_address AS "postalAddress", p.account_id IS NOT NULL AS "hasAccount",
         p.merged_into_id AS "mergedIntoId", p.entered_by IS NOT NULL AND p.account_id IS NULL AND NOT has_clinical_record(p.id)
           AND NOT EXISTS (SELECT FROM appointment seen WHERE seen.patient_id = p.id AND seen.started_at IS NOT NULL) AS "mayCorrectBirth",
      (SELECT (d.recorded_at AT TIME ZONE 'UTC')::date FROM patient_death d WHERE d.patient_id = p.id AND d.undone_at IS NULL) AS "diedNotedOn"
    FROM patient p LEFT JOIN account x ON x.id = p.account_id`;

/** With a visit there, or put on the waitlist at that desk. */
const KNOWN_AT = (clinicIds: readonly string[]) => sql`
  (EXISTS (SELECT FROM appointment a WHERE a.patient_id = p.id AND a.clinic_id = ANY (${clinicIds}::uuid[]) AND a.state NOT IN ('held', 'expired'))
   OR EXISTS (SELECT FROM waitlist_entry e WHERE e.patient_id = p.id AND e.desk_clinic_id = ANY (${clinicIds}::uuid[])))`;

export interface Person {
  id: string;
  givenName: string;
  familyName: string;
  dateOfBirth: string;
  phone: string | null;
  email: string | null;
  postalAddress: string;
  hasAccount: boolean;
  mergedIntoId: string | null;
  /** Entered at a desk and not seen yet. */
  mayCorrectBirth: boolean;
  /** The day on which the desk noted that they have died. */
  diedNotedOn: string | null;
}

export async function findPerson(db: Queryable, clinicIds: readonly string[], patientId: string) {
  const { rows } = await sql<Person>`
    ${PERSON} WHERE p.id = ${patientId} AND ${KNOWN_AT(clinicIds)}`.execute(db);
  return rows[0];
}

/** How alike two names must be, of 1, for somebody to be asked whether they are one person's. */
const ALIKE = 0.5;

/**
 * The clinic's own patients with this date of birth, those of a like name first; and those of a like name whose day and
 * month are the other way round.
 */
export async function findPeopleBornOn(
  db: Queryable,
  clinicIds: readonly string[],
  { dateOfBirth, turned, name }: { dateOfBirth: string; turned: string | null; name: string },
) {
  const { rows } = await sql<Person & { isAlike: boolean }>`
    SELECT found.*, found.alike >= ${ALIKE} AS "isAlike" FROM (
      SELECT p.*, similarity(unaccent(lower(p."givenName" || ' ' || p."familyName")), unaccent(lower(${name}))) AS alike
        FROM (${PERSON} WHERE p.date_of_birth IN (${dateOfBirth}::date, ${turned}::date) AND p.merged_into_id IS NULL AND ${KNOWN_AT(clinicIds)}) p) found
     WHERE found."dateOfBirth" = ${dateOfBirth}::date OR found.alike >= ${ALIKE}
     ORDER BY found.alike DESC, found."familyName", found.id LIMIT 20`.execute(db);
  return rows;
}

export interface NewPerson {
  givenName: string;
  familyName: string;
  dateOfBirth: string;
  phone: string;
  postalAddress: string;
  email: string;
}

/** Somebody without an account, entered by the actor. */
export async function insertPerson(trx: Trx, person: NewPerson, enteredBy: string): Promise<string> {
  const { id } = await trx
    .insertInto('patient')
    .values({
      given_name: person.givenName,
      family_name: person.familyName,
      date_of_birth: person.dateOfBirth,
      phone: person.phone || null,
      postal_address: person.postalAddress,
      email: person.email || null,
      entered_by: enteredBy,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** The first of these clinics that knows this person. */
export async function findKnownClinic(db: Queryable, clinicIds: readonly string[], patientId: string) {
  const { rows } = await sql<{ id: string }>`
    SELECT c.id FROM clinic c WHERE c.id = ANY (${clinicIds}::uuid[]) AND known_at_clinic(${patientId}, c.id)
     ORDER BY c.name, c.id LIMIT 1`.execute(db);
  return rows[0]?.id;
}

/** Puts entry and visits right, by its triggers. */
export async function insertBirthCorrection(
  trx: Trx,
  correction: { patientId: string; clinicId: string; dateOfBirth: string; knownBy: string },
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    INSERT INTO birth_correction (patient_id, clinic_id, became, known_by)
    VALUES (${correction.patientId}, ${correction.clinicId}, ${correction.dateOfBirth}::date, ${correction.knownBy})
    RETURNING id`.execute(trx);
  return rows[0]!.id;
}

// Claims

export interface Claim {
  id: string;
  state: string;
  patientId: string;
  clinicId: string;
  claimedBy: string | null;
}

const CLAIM_COLUMNS = [
  'record_claim.id',
  'record_claim.state',
  'record_claim.patient_id as patientId',
  'record_claim.clinic_id as clinicId',
  'record_claim.claimed_by as claimedBy',
] as const;

export async function voidOpenClaims(trx: Trx, patientId: string): Promise<void> {
  await trx
    .updateTable('record_claim')
    .set({ state: 'void' })
    .where('patient_id', '=', patientId)
    .where('state', 'in', ['issued', 'asked'])
    .execute();
}

export async function insertClaim(
  trx: Trx,
  claim: { patientId: string; clinicId: string; codeHash: string },
): Promise<Temporal.Instant> {
  const { expires_at } = await trx
    .insertInto('record_claim')
    .values({ patient_id: claim.patientId, clinic_id: claim.clinicId, code_hash: claim.codeHash })
    .returning('expires_at')
    .executeTakeFirstOrThrow();
  return expires_at;
}

/** The open claim of this code, if its person was born on that day. */
export function lockClaimByCode(trx: Trx, codeHash: string, dateOfBirth: string): Promise<Claim | undefined> {
  return trx
    .selectFrom('record_claim')
    .innerJoin('patient', 'patient.id', 'record_claim.patient_id')
    .where('code_hash', '=', codeHash)
    .where('state', '=', 'issued')
    .where('expires_at', '>', sql<Temporal.Instant>`app_now()`)
    .where('patient.date_of_birth', '=', dateOfBirth)
    .where('patient.account_id', 'is', null)
    .select(CLAIM_COLUMNS)
    .forUpdate('record_claim')
    .executeTakeFirst();
}

export function lockClaim(
  trx: Trx,
  clinicIds: readonly string[],
  claimId: string,
): Promise<Claim | undefined> {
  return trx
    .selectFrom('record_claim')
    .where('id', '=', claimId)
    .where('clinic_id', 'in', clinicIds)
    .select(CLAIM_COLUMNS)
    .forUpdate()
    .executeTakeFirst();
}

export async function markAsked(trx: Trx, claimId: string): Promise<void> {
  await trx.updateTable('record_claim').set({ state: 'asked' }).where('id', '=', claimId).execute();
}

export async function markGranted(trx: Trx, claimId: string, idDocument: string): Promise<void> {
  await trx
    .updateTable('record_claim')
    .set({ state: 'granted', id_document: idDocument })
    .where('id', '=', claimId)
    .execute();
}

export async function linkAccount(trx: Trx, patientId: string, accountId: string): Promise<void> {
  await trx.updateTable('patient').set({ account_id: accountId }).where('id', '=', patientId).execute();
}

/** The claim of this person that is still open, with who asks for the record. */
export function findOpenClaim(db: Queryable, patientId: string) {
  return db
    .selectFrom('record_claim')
    .leftJoin('account', 'account.id', 'record_claim.claimed_by')
    .where('patient_id', '=', patientId)
    .where('state', 'in', ['issued', 'asked'])
    .select([
      'record_claim.id',
      'record_claim.state',
      'record_claim.expires_at as expiresAt',
      'account.display_name as claimantName',
      'account.email as claimantEmail',
    ])
    .executeTakeFirst();
}

/** What an account has asked for and not been given yet. */
export function findClaimOfAccount(db: Queryable, accountId: string) {
  return db
    .selectFrom('record_claim')
    .innerJoin('clinic', 'clinic.id', 'record_claim.clinic_id')
    .where('claimed_by', '=', accountId)
    .where('state', '=', 'asked')
    .select(['clinic.name as clinicName', 'clinic.phone as clinicPhone'])
    .orderBy('record_claim.id', 'desc')
    .executeTakeFirst();
}

export function findPatientOfAccount(db: Queryable, accountId: string) {
  return db.selectFrom('patient').where('account_id', '=', accountId).select('id').executeTakeFirst();
}

// Two entries of one person

export interface Entry extends Person {
  hasRecord: boolean;
}

/** Both entries, locked in one order, so that two desks cannot wait for each other. */
export async function lockEntries(trx: Trx, clinicIds: readonly string[], ids: readonly string[]) {
  const { rows } = await sql<Entry>`
    SELECT p.*, has_clinical_record(p.id) AS "hasRecord"
      FROM (${PERSON} WHERE p.id = ANY (${ids}::uuid[]) AND ${KNOWN_AT(clinicIds)} ORDER BY p.id FOR NO KEY UPDATE OF p) p
     ORDER BY p.id`.execute(trx);
  return rows;
}

export async function insertMerge(
  trx: Trx,
  merge: { clinicId: string; keepId: string; otherId: string },
): Promise<string> {
  const { id } = await trx
    .insertInto('patient_merge')
    .values({ clinic_id: merge.clinicId, keep_id: merge.keepId, other_id: merge.otherId })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** The clinic of this desk where both have been. */
export async function findClinicOfBoth(
  db: Queryable,
  clinicIds: readonly string[],
  a: string,
  b: string,
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM clinic WHERE id = ANY (${clinicIds}::uuid[]) AND known_at_clinic(${a}, id) AND known_at_clinic(${b}, id)
     ORDER BY id LIMIT 1`.execute(db);
  return rows[0]?.id;
}

export function lockMerge(trx: Trx, clinicIds: readonly string[], mergeId: string) {
  return trx
    .selectFrom('patient_merge')
    .where('id', '=', mergeId)
    .where('clinic_id', 'in', clinicIds)
    .select(['id', 'state', 'keep_id as keepId', 'other_id as otherId', 'proposed_by as proposedBy'])
    .forUpdate()
    .executeTakeFirst();
}

export async function decideMergeRow(trx: Trx, mergeId: string, state: 'merged' | 'declined'): Promise<void> {
  await trx.updateTable('patient_merge').set({ state }).where('id', '=', mergeId).execute();
}

/** What waits for a second person, at these clinics. */
export async function findProposals(db: Queryable, clinicIds: readonly string[]) {
  return db
    .selectFrom('patient_merge')
    .innerJoin('account', 'account.id', 'patient_merge.proposed_by')
    .where('patient_merge.clinic_id', 'in', clinicIds)
    .where('patient_merge.state', '=', 'proposed')
    .select([
      'patient_merge.id',
      'keep_id as keepId',
      'other_id as otherId',
      'proposed_by as proposedBy',
      'proposed_at as proposedAt',
      'account.display_name as proposedByName',
    ])
    .orderBy('patient_merge.id')
    .execute();
}

/** Bookings that are not over, with the time they stand on. */
export async function lockOpenVisits(trx: Trx, patientId: string) {
  const { rows } = await sql<{
    id: string;
    state: AppointmentState;
    clinicId: string;
    isToCome: boolean;
    practitionerId: string;
    locationId: string;
    roomId: string | null;
    blockSpan: InstantRange | null;
  }>`
    SELECT a.id, a.state, a.clinic_id AS "clinicId", lower(a.during) > app_now() AS "isToCome", a.practitioner_id AS "practitionerId",
           a.location_id AS "locationId", b.room_id AS "roomId", b.span AS "blockSpan"
      FROM appointment a LEFT JOIN block b ON b.id = a.block_id
     WHERE a.patient_id = ${patientId} AND a.state IN ('held', 'confirmed', 'paused', 'arrived', 'started')
     ORDER BY a.id FOR UPDATE OF a`.execute(trx);
  return rows;
}

/** The same time, for the same person under the other entry. The block given up a moment ago is taken again. */
export async function insertForOther(
  trx: Trx,
  visit: {
    id: string;
    practitionerId: string;
    locationId: string;
    roomId: string | null;
    blockSpan: InstantRange;
  },
  to: { patientId: string; episodeId: string },
): Promise<void> {
  const { id: blockId } = await trx
    .insertInto('block')
    .values({
      practitioner_id: visit.practitionerId,
      location_id: visit.locationId,
      room_id: visit.roomId,
      kind: 'appointment',
      span: rangeValue(visit.blockSpan),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql`
    INSERT INTO appointment (kind, mode, state, practitioner_id, location_id, clinic_id, jurisdiction, time_zone, during, block_id, block_span,
                             patient_id, patient_date_of_birth, episode_id, concerns, patient_note, needs, booked_by, channel, follows_id)
    SELECT a.kind, a.mode, 'confirmed', a.practitioner_id, a.location_id, a.clinic_id, a.jurisdiction, a.time_zone, a.during,
           ${blockId}, ${rangeValue(visit.blockSpan)}, p.id, p.date_of_birth, ${to.episodeId}, a.concerns, a.patient_note, a.needs,
           a.booked_by, a.channel, a.id
      FROM appointment a, patient p WHERE a.id = ${visit.id} AND p.id = ${to.patientId}`.execute(trx);
}

/** The entry that goes points at the one that stays, which gets what it lacks to reach the person by. */
export async function joinEntries(
  trx: Trx,
  { keepId, otherId }: { keepId: string; otherId: string },
): Promise<void> {
  await sql`
    UPDATE patient keep
       SET phone = coalesce(keep.phone, other.phone), email = coalesce(keep.email, other.email),
           postal_address = CASE keep.postal_address WHEN '' THEN other.postal_address ELSE keep.postal_address END
      FROM patient other WHERE keep.id = ${keepId} AND other.id = ${otherId}`.execute(trx);
  await trx.updateTable('patient').set({ merged_into_id: keepId }).where('id', '=', otherId).execute();
}

export async function insertDeath(trx: Trx, patientId: string, toldBy: string): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    INSERT INTO patient_death (patient_id, told_by, recorded_by, recorded_at) VALUES (${patientId}, ${toldBy}, current_actor(), app_now()) RETURNING id`.execute(
    trx,
  );
  return rows[0]!.id;
}

export async function undoDeath(trx: Trx, patientId: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    UPDATE patient_death SET undone_at = app_now() WHERE patient_id = ${patientId} AND undone_at IS NULL RETURNING id`.execute(
    trx,
  );
  return rows[0]?.id;
}
