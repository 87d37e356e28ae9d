import { sql, type RawBuilder } from 'kysely';
import type { Queryable, Trx } from '#lib/server/platform/db.ts';

/** Whose rows a copy is made of. */
export type Subject = {
  accountId: string | null;
  email: string | null;
  patientIds: readonly string[];
  practitionerId: string | null;
};

/** The account, its patient with entries that were joined to it, and its practitioner. */
export async function findSubject(trx: Trx, accountId: string): Promise<Subject & { name: string }> {
  const { rows } = await sql<Subject & { name: string }>`
    WITH RECURSIVE own AS (
      SELECT id FROM patient WHERE account_id = ${accountId}
      UNION SELECT p.id FROM patient p JOIN own ON p.merged_into_id = own.id)
    SELECT a.id AS "accountId", a.email::text AS email, a.display_name AS name,
           coalesce((SELECT array_agg(id) FROM own), '{}') AS "patientIds",
           (SELECT id FROM practitioner WHERE account_id = a.id) AS "practitionerId"
      FROM account a WHERE a.id = ${accountId}`.execute(trx);
  return rows[0]!;
}

export type Row = Readonly<Record<string, unknown>>;

/** What the data map says is about this subject: the columns of one table, as JSON. */
export async function findRows(
  trx: Trx,
  { columns, from, where }: { columns: readonly string[]; from: string; where: string },
  subject: Subject,
): Promise<Row[]> {
  const { rows } = await sql<{ rows: Row[] }>`
    SELECT coalesce(json_agg(t), '[]') AS rows
      FROM (SELECT ${sql.join(columns.map((column) => sql.ref(column)))} FROM ${filled(from, subject)} WHERE ${filled(where, subject)}) t`.execute(
    trx,
  );
  return rows[0]!.rows;
}

/** Conditions come from our own list; what they ask for is bound, never written into them. */
function filled(text: string, subject: Subject): RawBuilder<unknown> {
  const values: Readonly<Record<string, RawBuilder<unknown>>> = {
    account: sql`${subject.accountId}::uuid`,
    email: sql`${subject.email}::citext`,
    patients: sql`${subject.patientIds}::uuid[]`,
    practitioner: sql`${subject.practitionerId}::uuid`,
    streams: sql`${subject.patientIds.map((id) => `patient:${id}`)}::text[]`,
  };
  const parts = text
    .split(/(?<!:):([a-z]+)/)
    .map((part, index) => (index % 2 === 0 ? sql.raw(part) : values[part]!));
  return sql.join(parts, sql.raw(''));
}

/** `dueAt`: the earliest moment at which it is done. */
export type Asked = { id: string; askedAt: Temporal.Instant; dueAt: Temporal.Instant };

/** That somebody has asked to be forgotten, while it is neither done nor taken back. */
export async function findAsked(db: Queryable, accountId: string): Promise<Asked | undefined> {
  const { rows } = await sql<Asked>`
    SELECT id, asked_at AS "askedAt", greatest(due_at, next_try_at) AS "dueAt" FROM erasure
     WHERE account_id = ${accountId} AND taken_back_at IS NULL AND done_at IS NULL AND refused_at IS NULL`.execute(
    db,
  );
  return rows[0];
}

type Prospect = {
  /** What is in the way, as its guard is called. */
  obstacle: string | null;
  /** Until when the law would keep a record about them. */
  keptUntil: string | null;
  /** Until when it would keep who wrote the records of others. */
  authorUntil: string | null;
};

export async function findProspect(
  trx: Trx,
  subject: Pick<Subject, 'accountId' | 'patientIds' | 'practitionerId'>,
): Promise<Prospect> {
  const { rows } = await sql<Prospect>`
    SELECT erasure_obstacle(${subject.accountId}) AS obstacle, record_kept_until(${subject.patientIds}::uuid[]) AS "keptUntil",
           practice_kept_until(${subject.practitionerId}) AS "authorUntil"`.execute(trx);
  return rows[0]!;
}

/** The patient's visits that are still to come. */
export async function findVisitsAhead(trx: Trx, patientIds: readonly string[]) {
  const { rows } = await sql<{ id: string; startsAt: Temporal.Instant; timeZone: string; who: string }>`
    SELECT a.id, lower(a.during) AS "startsAt", a.time_zone AS "timeZone", concat_ws(' ', p.title, p.display_name) AS who
      FROM appointment a JOIN practitioner p ON p.id = a.practitioner_id
     WHERE a.patient_id = ANY(${patientIds}::uuid[]) AND a.needed_birth IS NOT NULL AND a.state <> 'held'
     ORDER BY lower(a.during)`.execute(trx);
  return rows;
}

export async function insertAsked(
  trx: Trx,
  accountId: string,
): Promise<{ id: string; dueAt: Temporal.Instant }> {
  const { rows } = await sql<{ id: string; dueAt: Temporal.Instant }>`
    INSERT INTO erasure (account_id) VALUES (${accountId}) RETURNING id, due_at AS "dueAt"`.execute(trx);
  return rows[0]!;
}

/** Answers whether there was something to take back. */
export async function takeAskedBack(trx: Trx, accountId: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    UPDATE erasure SET taken_back_at = app_now()
     WHERE account_id = ${accountId} AND taken_back_at IS NULL AND done_at IS NULL AND refused_at IS NULL RETURNING id`.execute(
    trx,
  );
  return rows[0]?.id;
}

/** Those whose day has come and who are not put off, some at a time. */
export async function findDue(db: Queryable, most: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM erasure WHERE greatest(due_at, next_try_at) <= app_now() AND taken_back_at IS NULL AND done_at IS NULL AND refused_at IS NULL
     ORDER BY greatest(due_at, next_try_at), id LIMIT ${most}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Looks at one again later, and each time later still, so that it keeps no other back. */
export async function putOff(db: Queryable, erasureId: string): Promise<void> {
  await sql`SELECT put_erasure_off(${erasureId})`.execute(db);
}

/** Accounts whose address nobody confirmed in time, some at a time, after the one that is named. */
export async function findUnconfirmed(db: Queryable, after: string | null, most: number): Promise<string[]> {
  const { rows } = await sql<{
    id: string;
  }>`SELECT id FROM unconfirmed_accounts(${after}, ${most}) AS id`.execute(db);
  return rows.map(({ id }) => id);
}

/** Answers whether it was deleted by this call. */
export async function deleteUnconfirmed(trx: Trx, accountId: string): Promise<boolean> {
  const { rows } = await sql<{
    gone: boolean;
  }>`SELECT delete_unconfirmed_account(${accountId}) AS gone`.execute(trx);
  return rows[0]!.gone;
}

/** 'done'; 'waits' where something is in the way again; null where there was nothing to do. */
export async function eraseAccount(trx: Trx, erasureId: string): Promise<'done' | 'waits' | null> {
  const { rows } = await sql<{
    became: 'done' | 'waits' | null;
  }>`SELECT erase_account(${erasureId}) AS became`.execute(trx);
  return rows[0]!.became;
}

/** Locked records whose last day is over, some at a time, after the one that is named. */
export async function findRunOut(db: Queryable, after: string | null, most: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT patient_id AS id FROM record_lock
     WHERE deleted_at IS NULL AND keep_until < (app_now() AT TIME ZONE 'UTC')::date AND (${after}::uuid IS NULL OR patient_id > ${after}::uuid)
     ORDER BY patient_id LIMIT ${most}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Answers whether it was deleted by this call. */
export async function deleteLockedRecord(trx: Trx, patientId: string): Promise<boolean> {
  const { rows } = await sql<{ gone: boolean }>`SELECT delete_locked_record(${patientId}) AS gone`.execute(
    trx,
  );
  return rows[0]!.gone;
}

/** Practitioners of whose records the last one has run out, some at a time, after the one that is named. */
export async function findAuthorsRunOut(
  db: Queryable,
  after: string | null,
  most: number,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT practitioner_id AS id FROM practitioner_lock
     WHERE deleted_at IS NULL AND keep_until < (app_now() AT TIME ZONE 'UTC')::date AND (${after}::uuid IS NULL OR practitioner_id > ${after}::uuid)
     ORDER BY practitioner_id LIMIT ${most}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Answers whether the name and the claims were deleted by this call. */
export async function deleteAuthor(trx: Trx, practitionerId: string): Promise<boolean> {
  const { rows } = await sql<{
    gone: boolean;
  }>`SELECT delete_locked_practitioner(${practitionerId}) AS gone`.execute(trx);
  return rows[0]!.gone;
}

/** Answers how many letters went. */
export async function deleteOldLetters(trx: Trx, most: number): Promise<number> {
  const { rows } = await sql<{ gone: number }>`SELECT delete_old_letters(${most}) AS gone`.execute(trx);
  return rows[0]!.gone;
}

/** Answers how many invitations to work at a desk went. */
export async function deleteOldInvitations(trx: Trx): Promise<number> {
  const { rows } = await sql<{ gone: number }>`SELECT delete_old_invitations() AS gone`.execute(trx);
  return rows[0]!.gone;
}

export type LockedRecord = {
  patientId: string;
  lockedAt: Temporal.Instant;
  keepUntil: string;
  deletedAt: Temporal.Instant | null;
};

export async function findLockedRecords(trx: Trx, most: number): Promise<LockedRecord[]> {
  const { rows } = await sql<LockedRecord>`
    SELECT patient_id AS "patientId", locked_at AS "lockedAt", keep_until AS "keepUntil", deleted_at AS "deletedAt"
      FROM locked_records(${most})`.execute(trx);
  return rows;
}

/** Practitioners who are forgotten, those that end first before the others. */
export async function findLockedAuthors(
  trx: Trx,
  most: number,
): Promise<(Omit<LockedRecord, 'patientId'> & { practitionerId: string })[]> {
  const rows = await trx
    .selectFrom('practitioner_lock')
    .select([
      'practitioner_id as practitionerId',
      'locked_at as lockedAt',
      'keep_until as keepUntil',
      'deleted_at as deletedAt',
    ])
    .orderBy(sql`deleted_at NULLS FIRST`)
    .orderBy('keep_until')
    .orderBy('practitioner_id')
    .limit(most)
    .execute();
  return rows;
}

export type OpeningRow = {
  id: string;
  patientId: string;
  reason: string;
  askedBy: string;
  askedById: string;
  askedAt: Temporal.Instant;
  allowedBy: string | null;
  expiresAt: Temporal.Instant | null;
  /** Until when another operator may allow it. */
  allowUntil: Temporal.Instant;
  /** Nobody allowed it in time, whether or not the job has noted it. */
  isLapsed: boolean;
  isOpen: boolean;
};

/** Who asked to open which of these, the latest first. */
export async function findOpenings(trx: Trx, patientIds: readonly string[]): Promise<OpeningRow[]> {
  const { rows } = await sql<OpeningRow>`
    SELECT o.id, o.patient_id AS "patientId", o.reason, a.display_name AS "askedBy", o.asked_by AS "askedById", o.asked_at AS "askedAt",
           b.display_name AS "allowedBy", o.expires_at AS "expiresAt", coalesce(o.expires_at > app_now(), false) AS "isOpen",
           o.asked_at + t.keep_for AS "allowUntil",
           o.allowed_at IS NULL AND (o.lapsed_at IS NOT NULL OR o.asked_at + t.keep_for <= app_now()) AS "isLapsed"
      FROM record_lock_opening o JOIN account a ON a.id = o.asked_by LEFT JOIN account b ON b.id = o.allowed_by
      JOIN retention_term t ON t.what = 'unanswered_opening'
     WHERE o.patient_id = ANY(${patientIds}::uuid[]) ORDER BY o.asked_at DESC, o.id DESC`.execute(trx);
  return rows;
}

export async function insertOpening(trx: Trx, patientId: string, reason: string): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    INSERT INTO record_lock_opening (patient_id, reason) VALUES (${patientId}, ${reason}) RETURNING id`.execute(
    trx,
  );
  return rows[0]!.id;
}

/** Answers whose record it opens, or undefined where there is nothing to allow. */
export async function allowOpeningRow(trx: Trx, openingId: string): Promise<string | undefined> {
  const { rows } = await sql<{ patientId: string }>`
    UPDATE record_lock_opening SET allowed_at = app_now() WHERE id = ${openingId} RETURNING patient_id AS "patientId"`.execute(
    trx,
  );
  return rows[0]?.patientId;
}

/** Ends those that nobody allowed in time; answers whose records they asked for. */
export async function lapseOpeningRows(trx: Trx): Promise<{ patientId: string }[]> {
  const { rows } = await sql<{ patientId: string }>`
    SELECT of_patient AS "patientId" FROM lapse_openings()`.execute(trx);
  return rows;
}

/** Whether the actor has this record open. */
export async function isOpened(trx: Trx, patientId: string): Promise<boolean> {
  const { rows } = await sql<{ is: boolean }>`SELECT record_opened(${patientId}) AS is`.execute(trx);
  return rows[0]!.is;
}
