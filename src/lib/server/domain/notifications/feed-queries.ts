import { sql } from 'kysely';
import type { Queryable, Trx } from '#lib/server/platform/db.ts';
import type { InstantRange } from '#lib/server/platform/instants.ts';

/** Whose times a calendar shows: those of a patient, or the diary of a practitioner. */
export type Whose = 'patient' | 'practitioner';

/** How far back a calendar shows what was, and how many entries it has at most. */
const PAST_DAYS = 60;
const MOST = 1_000;

/** What this account can have, and since when it has it. */
export async function findFeeds(trx: Trx, accountId: string) {
  const { rows } = await sql<{ isPractitioner: boolean; feeds: { whose: Whose; madeOn: string }[] }>`
    SELECT EXISTS (SELECT FROM practitioner r WHERE r.account_id = ${accountId}) AS "isPractitioner",
           (SELECT coalesce(json_agg(json_build_object('whose', f.whose, 'madeOn', (f.made_at AT TIME ZONE 'UTC')::date)), '[]')
              FROM calendar_feed f WHERE f.account_id = ${accountId} AND f.ended_at IS NULL) AS feeds`.execute(
    trx,
  );
  return rows[0]!;
}

export async function endFeed(trx: Trx, accountId: string, whose: Whose): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('calendar_feed')
    .set({ ended_at: sql<Temporal.Instant>`app_now()` })
    .where('account_id', '=', accountId)
    .where('whose', '=', whose)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function insertFeed(trx: Trx, accountId: string, whose: Whose, hash: Buffer): Promise<string> {
  const { id } = await trx
    .insertInto('calendar_feed')
    .values({ account_id: accountId, whose, secret_hash: hash })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Whose calendar a secret opens; undefined when it opens none. */
export async function findFeedOwner(db: Queryable, hash: Buffer) {
  const { rows } = await sql<{ accountId: string; whose: Whose }>`
    SELECT account_id AS "accountId", whose FROM calendar_feed_of(${hash})`.execute(db);
  return rows[0];
}

export interface FeedRow {
  id: string;
  firstId: string;
  state: string;
  during: InstantRange;
  timeZone: string;
  place: string;
  phone: string;
  /** How often it has been changed, and when it was last. */
  changes: number;
  changedAt: Temporal.Instant;
  initials: string;
}

/** A patient's visits, each road of a booking once, as it stands last. */
export async function findPatientTimes(trx: Trx, accountId: string): Promise<FeedRow[]> {
  const { rows } = await sql<FeedRow>`
    WITH RECURSIVE road AS (
      SELECT a.id, a.id AS first_id FROM appointment a JOIN patient p ON p.id = a.patient_id
       WHERE p.account_id = ${accountId} AND a.follows_id IS NULL AND a.state NOT IN ('held', 'expired')
      UNION ALL
      SELECT a.id, r.first_id FROM appointment a JOIN road r ON a.follows_id = r.id WHERE a.state NOT IN ('held', 'expired')),
    newest AS (SELECT DISTINCT ON (first_id) first_id, id FROM road ORDER BY first_id, id DESC)
    SELECT a.id, n.first_id AS "firstId", a.state, a.during, a.time_zone AS "timeZone",
           concat_ws(', ', c.name, nullif(l.name, c.name), l.street, l.locality, l.postcode) AS place, c.phone, '' AS initials, e.changes, e.at AS "changedAt"
      FROM newest n JOIN appointment a ON a.id = n.id JOIN location l ON l.id = a.location_id JOIN clinic c ON c.id = a.clinic_id,
           LATERAL (SELECT count(*) FILTER (WHERE e.type IN ('appointment.moved', 'appointment.rebooked', 'appointment.cancelled'))::int AS changes,
                           coalesce(max(e.occurred_at), a.created_at) AS at
                      FROM event e WHERE e.subject_type = 'appointment' AND e.subject_id IN (SELECT r.id FROM road r WHERE r.first_id = n.first_id)) e
     WHERE upper(a.during) > app_now() - make_interval(days => ${PAST_DAYS})
     ORDER BY a.during, a.id LIMIT ${MOST}`.execute(trx);
  return rows;
}

/** A practitioner's visits. Of who comes, no more than the first letters. */
export async function findPractitionerTimes(trx: Trx, accountId: string): Promise<FeedRow[]> {
  const { rows } = await sql<FeedRow>`
    SELECT a.id, a.id AS "firstId", a.state, a.during, a.time_zone AS "timeZone", concat_ws(', ', l.name, l.street, l.locality) AS place, '' AS phone,
           upper(left(t.given_name, 1)) || '. ' || upper(left(t.family_name, 1)) || '.' AS initials, e.changes, e.at AS "changedAt"
      FROM appointment a JOIN practitioner r ON r.id = a.practitioner_id JOIN location l ON l.id = a.location_id JOIN patient t ON t.id = a.patient_id,
           LATERAL (SELECT count(*) FILTER (WHERE e.type IN ('appointment.moved', 'appointment.replaced', 'appointment.cancelled'))::int AS changes,
                           coalesce(max(e.occurred_at), a.created_at) AS at
                      FROM event e WHERE e.subject_type = 'appointment' AND e.subject_id = a.id) e
     WHERE r.account_id = ${accountId} AND a.state NOT IN ('held', 'expired') AND upper(a.during) > app_now() - make_interval(days => ${PAST_DAYS})
     ORDER BY a.during, a.id LIMIT ${MOST}`.execute(trx);
  return rows;
}
