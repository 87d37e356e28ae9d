import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';

export type RecoveryState =
  'asked' | 'seen' | 'waiting' | 'open' | 'done' | 'refused' | 'stopped' | 'lapsed' | 'overtaken';

/** Whose account it is, and how many have asked for it within a day; undefined where there is none, or the same was asked already. */
export async function insertRecovery(
  db: Queryable,
  asked: { email: string; newEmail: string; contact: string; stopHash: string; sealedStop: string },
): Promise<{ accountId: string; lately: number } | undefined> {
  const { rows } = await sql<{ accountId: string; lately: number }>`
    SELECT owner_id AS "accountId", lately
      FROM ask_for_recovery(${asked.email}, ${asked.newEmail}, ${asked.contact}, ${asked.stopHash}, ${asked.sealedStop})`.execute(
    db,
  );
  return rows[0];
}

export async function stopByHash(db: Queryable, stopHash: string): Promise<string | null> {
  const { rows } = await sql<{
    accountId: string | null;
  }>`SELECT stop_recovery(${stopHash}) AS "accountId"`.execute(db);
  return rows[0]!.accountId;
}

/** How many others who asked for it ended with it; null where none was open. */
export async function finishOf(db: Queryable, accountId: string): Promise<number | null> {
  const { rows } = await sql<{
    others: number | null;
  }>`SELECT finish_recovery(${accountId}) AS others`.execute(db);
  return rows[0]!.others;
}

/** Every address that is known of an account: what it has, and what it had or was given lately. */
export async function findKnownAddresses(db: Queryable, accountId: string): Promise<string[]> {
  const { rows } = await sql<{ address: string }>`
    SELECT email::text AS address FROM account WHERE id = ${accountId}
    UNION SELECT c.old_email::text FROM address_change c WHERE c.account_id = ${accountId} AND c.confirmed_at IS NOT NULL
    UNION SELECT c.new_email::text FROM address_change c WHERE c.account_id = ${accountId} AND c.confirmed_at IS NOT NULL
    ORDER BY 1`.execute(db);
  return rows.map(({ address }) => address);
}

const recovery = (db: Queryable) =>
  db
    .selectFrom('account_recovery')
    .innerJoin('account', 'account.id', 'account_recovery.account_id')
    .leftJoin('account as first', 'first.id', 'account_recovery.first_by')
    .leftJoin('account as second', 'second.id', 'account_recovery.second_by')
    .select([
      'account_recovery.id',
      'account_recovery.account_id as accountId',
      'account.display_name as name',
      'account.email',
      'account_recovery.new_email as newEmail',
      'contact',
      'state',
      'asked_at as askedAt',
      'first_by as firstBy',
      'first.display_name as firstName',
      'first_at as firstAt',
      'first_saw as firstSaw',
      'second.display_name as secondName',
      'second_at as secondAt',
      'second_saw as secondSaw',
      'opens_at as opensAt',
      'ended_at as endedAt',
      'refusal',
      'stop_hash as stopHash',
      'sealed_stop as sealedStop',
    ]);

export type RecoveryRow = NonNullable<Awaited<ReturnType<typeof findRecovery>>>;

export function findRecovery(db: Queryable, id: string) {
  return recovery(db).where('account_recovery.id', '=', id).executeTakeFirst();
}

const OPEN: readonly RecoveryState[] = ['asked', 'seen', 'waiting', 'open'];
/** What is open for an account, the furthest on first. Row security shows it to its owner, and to the staff. */
export function findOpenOf(db: Queryable, accountId: string | null) {
  return db
    .selectFrom('account_recovery')
    .where('account_id', '=', accountId)
    .where('state', 'in', OPEN)
    .select(['state', 'asked_at as askedAt', 'opens_at as opensAt', 'stop_hash as stopHash'])
    .orderBy(sql`array_position(ARRAY['open', 'waiting', 'seen', 'asked'], state)`)
    .orderBy('asked_at')
    .orderBy('id')
    .execute();
}

const MOST_ACCOUNTS = 100;
const MOST_OF_ONE = 5;
const MOST_SHOWN = 100;

/**
 * Accounts that somebody asks for, the longest waiting first, each with the first few who ask: many who ask for one account hide
 * no other. And what has ended lately.
 */
export async function findRecoveries(db: Queryable) {
  const open = db
    .selectFrom('account_recovery')
    .where('state', 'in', OPEN)
    .select([
      'id as openId',
      sql<number>`(count(*) OVER (PARTITION BY account_id))::int`.as('asking'),
      sql<number>`row_number() OVER (PARTITION BY account_id ORDER BY asked_at, id)`.as('nth'),
      sql<Temporal.Instant>`min(asked_at) OVER (PARTITION BY account_id)`.as('since'),
    ])
    .as('open');
  const waiting = await recovery(db)
    .innerJoin(open, 'open.openId', 'account_recovery.id')
    .select('open.asking')
    .where('open.nth', '<=', MOST_OF_ONE)
    .orderBy('open.since')
    .orderBy('account_recovery.account_id')
    .orderBy('open.nth')
    .limit(MOST_ACCOUNTS * MOST_OF_ONE)
    .execute();
  const ended = await recovery(db)
    .where('ended_at', '>', sql<Temporal.Instant>`app_now() - interval '30 days'`)
    .orderBy('ended_at', 'desc')
    .orderBy('account_recovery.id')
    .limit(MOST_SHOWN)
    .execute();
  return { waiting, ended };
}

/** Who else asks for the same account, or did within a month: the furthest on first. */
export function findOthers(db: Queryable, { id, accountId }: { id: string; accountId: string }) {
  return recovery(db)
    .where('account_recovery.account_id', '=', accountId)
    .where('account_recovery.id', '<>', id)
    .where((eb) =>
      eb.or([
        eb('state', 'in', OPEN),
        eb('ended_at', '>', sql<Temporal.Instant>`app_now() - interval '30 days'`),
      ]),
    )
    .orderBy(sql`array_position(ARRAY['open', 'waiting', 'seen', 'asked', 'done'], state)`)
    .orderBy('asked_at')
    .orderBy('account_recovery.id')
    .limit(MOST_SHOWN)
    .execute();
}

/** Takes a step with what was seen, or why it is refused. False where it is in another state by now. */
export async function takeStep(
  db: Queryable,
  id: string,
  from: RecoveryState,
  step: { state: 'seen' | 'waiting' | 'refused'; words: string },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('account_recovery')
    .set({
      state: step.state,
      ...(step.state === 'seen' && { first_saw: step.words }),
      ...(step.state === 'waiting' && { second_saw: step.words }),
      ...(step.state === 'refused' && { refusal: step.words }),
    })
    .where('id', '=', id)
    .where('state', '=', from)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Those whose seven days are over, opened. */
export async function openDue(db: Queryable) {
  const { rows } = await sql<{ id: string; accountId: string; newEmail: string; name: string }>`
    UPDATE account_recovery r SET state = 'open' FROM account x
     WHERE x.id = r.account_id AND r.state = 'waiting' AND r.opens_at <= app_now()
    RETURNING r.id, r.account_id AS "accountId", r.new_email::text AS "newEmail", x.display_name AS name`.execute(
    db,
  );
  return rows;
}

/** Nobody has seen them for a month, or they let their link run out. */
export async function lapseOld(db: Queryable): Promise<{ accountId: string }[]> {
  const { rows } = await sql<{ accountId: string }>`
    UPDATE account_recovery SET state = 'lapsed'
     WHERE (state IN ('asked', 'seen') AND asked_at <= app_now() - interval '30 days')
        OR (state = 'open' AND opened_at <= app_now() - interval '3 days')
    RETURNING account_id AS "accountId"`.execute(db);
  return rows;
}
