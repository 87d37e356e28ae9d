import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import type { RegisterEntry } from './register-entry.ts';

export interface BadRow {
  line: number;
  reason: string;
}

export interface ReleaseRow {
  id: string;
  register: string;
  kind: 'full' | 'changes';
  asOf: string;
  state: 'loading' | 'current' | 'superseded' | 'abandoned';
  fileName: string;
  fingerprint: string;
  readBytes: number;
  readLines: number;
  entries: number;
  leftOut: number;
  badRows: number;
  firstBadRows: BadRow[];
}

const RELEASE = sql`id, register, kind, as_of AS "asOf", state, file_name AS "fileName", fingerprint, read_bytes AS "readBytes",
  read_lines AS "readLines", entries, left_out AS "leftOut", bad_rows AS "badRows", first_bad_rows AS "firstBadRows"`;

/** Keeps a second loader of this register out for as long as the connection lives; false when one is at work. */
export async function lockRegister(connection: Queryable, register: string): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`
    SELECT pg_try_advisory_lock(hashtextextended(${`register:${register}`}, 0)) AS locked`.execute(
    connection,
  );
  return rows[0]!.locked;
}

/** A page gives up after seconds; thousands of rows on a busy disk may take longer. */
export async function takeTimeFor(connection: Queryable): Promise<void> {
  await sql`SET statement_timeout = '10min'`.execute(connection);
}

export async function unlockRegister(connection: Queryable, register: string): Promise<void> {
  await sql`SELECT pg_advisory_unlock(hashtextextended(${`register:${register}`}, 0))`.execute(connection);
  await sql`RESET statement_timeout`.execute(connection);
}

export async function findLoading(db: Queryable, register: string): Promise<ReleaseRow | undefined> {
  const { rows } = await sql<ReleaseRow>`
    SELECT ${RELEASE} FROM register_release WHERE register = ${register} AND state = 'loading'`.execute(db);
  return rows[0];
}

/** What is read of this register, the newest first: at most one whole release, and the changes after it. */
export async function findCurrent(db: Queryable, register: string): Promise<ReleaseRow[]> {
  const { rows } = await sql<ReleaseRow>`
    SELECT ${RELEASE} FROM register_release WHERE register = ${register} AND state = 'current' ORDER BY as_of DESC, id DESC`.execute(
    db,
  );
  return rows;
}

export async function findReleases(db: Queryable): Promise<ReleaseRow[]> {
  const { rows } = await sql<ReleaseRow>`
    SELECT ${RELEASE} FROM register_release ORDER BY register, id DESC LIMIT 200`.execute(db);
  return rows;
}

export async function insertRelease(
  db: Queryable,
  release: Pick<ReleaseRow, 'register' | 'kind' | 'asOf' | 'fileName' | 'fingerprint'>,
): Promise<ReleaseRow> {
  const { rows } = await sql<ReleaseRow>`
    INSERT INTO register_release (register, kind, as_of, file_name, fingerprint)
    VALUES (${release.register}, ${release.kind}, ${release.asOf}, ${release.fileName}, ${release.fingerprint})
    RETURNING ${RELEASE}`.execute(db);
  return rows[0]!;
}

export async function abandonRelease(db: Queryable, releaseId: string): Promise<void> {
  await sql`UPDATE register_release SET state = 'abandoned' WHERE id = ${releaseId}`.execute(db);
}

/** Adds entries of a release and answers the numbers that it did not have before. */
export async function insertEntries(
  trx: Queryable,
  releaseId: string,
  entries: readonly RegisterEntry[],
): Promise<Set<string>> {
  const column = <Value>(value: (entry: RegisterEntry) => Value) => entries.map(value);
  const { rows } = await sql<{ number: string }>`
    INSERT INTO register_entry (release_id, number, family_name, given_names, other_names, status, conditions, may_prescribe, registered_on, ends_on)
    SELECT ${releaseId}::uuid, * FROM unnest(${column((one) => one.number)}::text[], ${column((one) => one.familyName)}::text[],
      ${column((one) => one.givenNames)}::text[], ${column((one) => JSON.stringify(one.otherNames))}::jsonb[], ${column((one) => one.status)}::text[],
      ${column((one) => one.conditions)}::text[], ${column((one) => one.mayPrescribe)}::boolean[], ${column((one) => one.registeredOn)}::date[],
      ${column((one) => one.endsOn)}::date[])
    ON CONFLICT (release_id, number) DO NOTHING RETURNING number`.execute(trx);
  return new Set(rows.map(({ number }) => number));
}

/** How far the file is read, kept with the rows that were read. */
export async function setProgress(
  trx: Queryable,
  { id, readBytes, readLines, entries, leftOut, badRows, firstBadRows }: ReleaseRow,
): Promise<void> {
  await sql`
    UPDATE register_release SET read_bytes = ${readBytes}, read_lines = ${readLines}, entries = ${entries}, left_out = ${leftOut},
           bad_rows = ${badRows}, first_bad_rows = ${JSON.stringify(firstBadRows)}::jsonb
     WHERE id = ${id}`.execute(trx);
}

/** From now on this release is what the register says: a whole one in place of all that was, changes on top of it. */
export async function publishRelease(trx: Queryable, { id, register, kind }: ReleaseRow): Promise<void> {
  if (kind === 'full')
    await sql`UPDATE register_release SET state = 'superseded' WHERE register = ${register} AND state = 'current'`.execute(
      trx,
    );
  await sql`UPDATE register_release SET state = 'current', published_at = app_now() WHERE id = ${id}`.execute(
    trx,
  );
}

/** Takes away entries that nobody reads any more, a handful at a time. Answers how many. */
export async function deleteUnread(db: Queryable, register: string, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    DELETE FROM register_entry WHERE ctid = ANY (ARRAY (
      SELECT e.ctid FROM register_entry e JOIN register_release r ON r.id = e.release_id
       WHERE r.register = ${register} AND r.state IN ('superseded', 'abandoned') LIMIT ${limit}))`.execute(
    db,
  );
  return Number(numAffectedRows ?? 0);
}

export interface EntryRow extends RegisterEntry {
  releaseId: string;
}

/** The newest that the current releases say about a number. */
export async function findEntry(
  db: Queryable,
  register: string,
  number: string,
): Promise<EntryRow | undefined> {
  const { rows } = await sql<EntryRow>`
    SELECT e.release_id AS "releaseId", e.number, e.family_name AS "familyName", e.given_names AS "givenNames", e.other_names AS "otherNames",
           e.status, e.conditions, e.may_prescribe AS "mayPrescribe", e.registered_on AS "registeredOn", e.ends_on AS "endsOn"
      FROM register_release r JOIN register_entry e ON e.release_id = r.id AND e.number = ${number}
     WHERE r.register = ${register} AND r.state = 'current' ORDER BY r.as_of DESC, r.id DESC LIMIT 1`.execute(
    db,
  );
  return rows[0];
}

export interface LookUp {
  register: string;
  number: string;
  found: boolean;
  familyName: string;
  givenNames: string;
  status: Exclude<RegisterEntry['status'], 'unreadable'> | null;
  conditions: string;
  mayPrescribe: boolean | null;
  pageUrl: string;
  evidenceSha256: string;
}

/** Written in the name of the acting account, at this moment. */
export async function insertLookUp(trx: Queryable, lookUp: LookUp): Promise<void> {
  await sql`
    INSERT INTO register_look_up (register, number, found, family_name, given_names, status, conditions, may_prescribe, page_url, evidence_sha256)
    VALUES (${lookUp.register}, ${lookUp.number}, ${lookUp.found}, ${lookUp.familyName}, ${lookUp.givenNames}, ${lookUp.status}, ${lookUp.conditions},
            ${lookUp.mayPrescribe}, ${lookUp.pageUrl}, ${lookUp.evidenceSha256})`.execute(trx);
}

/** What was read last of a number on the public page of its register, and on which day. */
export async function findLookUp(db: Queryable, register: string, number: string) {
  const { rows } = await sql<
    Pick<LookUp, 'found' | 'familyName' | 'givenNames' | 'status' | 'conditions' | 'mayPrescribe'> & {
      id: string;
      readOn: string;
    }
  >`
    SELECT id, found, family_name AS "familyName", given_names AS "givenNames", status, conditions, may_prescribe AS "mayPrescribe",
           (read_at AT TIME ZONE 'UTC')::date AS "readOn"
      FROM register_look_up WHERE register = ${register} AND number = ${number} ORDER BY read_at DESC, id DESC LIMIT 1`.execute(
    db,
  );
  return rows[0];
}
