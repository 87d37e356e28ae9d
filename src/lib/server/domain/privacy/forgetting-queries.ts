import { sql } from 'kysely';
import type { Queryable, Trx } from '#lib/server/platform/db.ts';

/** A practitioner who asks to be forgotten, and what the staff did about it; `state` is null while nobody has looked. */
export type ForgettingRow = {
  erasureId: string;
  practitionerId: string;
  accountId: string;
  name: string;
  accountName: string;
  email: string;
  askedAt: Temporal.Instant;
  dueAt: Temporal.Instant;
  takenBackAt: Temporal.Instant | null;
  doneAt: Temporal.Instant | null;
  state: 'proposed' | 'agreed' | 'refused' | null;
  proposedBy: string | null;
  proposedById: string | null;
  proposedAt: Temporal.Instant | null;
  saw: string | null;
  decidedBy: string | null;
  decidedAt: Temporal.Instant | null;
  refusal: string | null;
};

const forgetting = sql`
  SELECT e.id AS "erasureId", p.id AS "practitionerId", e.account_id AS "accountId", concat_ws(' ', p.title, p.display_name) AS name,
         x.display_name AS "accountName", x.email::text AS email, e.asked_at AS "askedAt", e.due_at AS "dueAt",
         e.taken_back_at AS "takenBackAt", e.done_at AS "doneAt", f.state, one.display_name AS "proposedBy", f.proposed_by AS "proposedById",
         f.proposed_at AS "proposedAt", f.saw, two.display_name AS "decidedBy", f.decided_at AS "decidedAt", f.refusal
    FROM erasure e JOIN account x ON x.id = e.account_id JOIN practitioner p ON p.account_id = e.account_id
    LEFT JOIN practitioner_forgetting f ON f.erasure_id = e.id
    LEFT JOIN account one ON one.id = f.proposed_by LEFT JOIN account two ON two.id = f.decided_by`;

const MOST = 100;

/** Who waits, the longest first, and what has ended within a month. */
export async function findForgettings(
  trx: Trx,
): Promise<{ waiting: ForgettingRow[]; ended: ForgettingRow[] }> {
  const { rows: waiting } = await sql<ForgettingRow>`${forgetting}
     WHERE e.taken_back_at IS NULL AND e.done_at IS NULL AND e.refused_at IS NULL ORDER BY e.asked_at, e.id LIMIT ${MOST}`.execute(
    trx,
  );
  const { rows: ended } = await sql<ForgettingRow>`${forgetting}
     WHERE coalesce(e.taken_back_at, e.done_at, e.refused_at) > app_now() - interval '30 days'
     ORDER BY coalesce(e.taken_back_at, e.done_at, e.refused_at) DESC, e.id LIMIT ${MOST}`.execute(trx);
  return { waiting, ended };
}

export async function findForgetting(trx: Trx, erasureId: string): Promise<ForgettingRow | undefined> {
  const { rows } = await sql<ForgettingRow>`${forgetting} WHERE e.id = ${erasureId}`.execute(trx);
  return rows[0];
}

/** What whoever looks has to know: what is in the way now, who keeps the records, and until when. */
export async function findForgettingFacts(
  trx: Trx,
  { accountId, practitionerId }: Pick<ForgettingRow, 'accountId' | 'practitionerId'>,
): Promise<{ obstacle: string | null; keptUntil: string | null; keeper: string | null }> {
  const { rows } = await sql<{ obstacle: string | null; keptUntil: string | null; keeper: string | null }>`
    SELECT erasure_obstacle(${accountId}) AS obstacle, practice_kept_until(${practitionerId}) AS "keptUntil",
           (SELECT p.records_custodian FROM practitioner p WHERE p.id = ${practitionerId}) AS keeper`.execute(
    trx,
  );
  return rows[0]!;
}

export async function insertForgetting(
  trx: Trx,
  erasureId: string,
  step: { state: 'proposed'; saw: string } | { state: 'refused'; refusal: string },
): Promise<void> {
  await trx
    .insertInto('practitioner_forgetting')
    .values({ erasure_id: erasureId, ...step })
    .execute();
}

/** Decides what was proposed; answers from when on the job may do it, or undefined where nothing was. */
export async function decideForgettingRow(
  trx: Trx,
  erasureId: string,
  step: { state: 'agreed' } | { state: 'refused'; refusal: string },
): Promise<Temporal.Instant | undefined> {
  const { numUpdatedRows } = await trx
    .updateTable('practitioner_forgetting')
    .set(step)
    .where('erasure_id', '=', erasureId)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return undefined;
  const { rows } = await sql<{ from: Temporal.Instant }>`
    SELECT greatest(due_at, next_try_at) AS from FROM erasure WHERE id = ${erasureId}`.execute(trx);
  return rows[0]!.from;
}

/** How it stands with what somebody asked last, as they read it themselves. */
export async function findOwnForgetting(
  db: Queryable,
  accountId: string,
): Promise<{ state: ForgettingRow['state']; refusal: string | null } | undefined> {
  const { rows } = await sql<{ state: ForgettingRow['state']; refusal: string | null }>`
    SELECT f.state, f.refusal FROM erasure e LEFT JOIN practitioner_forgetting f ON f.erasure_id = e.id
     WHERE e.account_id = ${accountId} ORDER BY e.asked_at DESC, e.id DESC LIMIT 1`.execute(db);
  return rows[0];
}
