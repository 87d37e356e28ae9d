import { sql } from 'kysely';
import type { Queryable, Trx } from '#lib/server/platform/db.ts';

const now = sql<Temporal.Instant>`app_now()`;

export function findNumber(db: Queryable, accountId: string) {
  return db
    .selectFrom('text_number')
    .where('account_id', '=', accountId)
    .select([
      'number',
      'confirmed_at as confirmedAt',
      'stopped_at as stoppedAt',
      sql<boolean>`tries < 5 AND code_sent_at > app_now() - interval '10 minutes'`.as('isAsked'),
    ])
    .executeTakeFirst();
}

/** In the place of an earlier one, which gets no more. */
export async function putNumber(trx: Trx, accountId: string, number: string, codeHash: string) {
  await deleteNumber(trx, accountId);
  await trx
    .insertInto('text_number')
    .values({ account_id: accountId, number, code_hash: codeHash })
    .execute();
}

export async function deleteNumber(trx: Queryable, accountId: string): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('text_number')
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function confirmNumber(trx: Queryable, codeHash: string): Promise<boolean> {
  const { rows } = await sql<{ fits: boolean }>`SELECT confirm_text_number(${codeHash}) AS fits`.execute(trx);
  return rows[0]!.fits;
}

export function findDevices(db: Queryable, accountId: string) {
  return db
    .selectFrom('push_subscription')
    .where('account_id', '=', accountId)
    .where('ended_at', 'is', null)
    .select(['id', 'device', 'made_at as madeAt'])
    .orderBy('made_at')
    .orderBy('id')
    .execute();
}

/** The same browser once more takes the place of its earlier row, if that is this account's. */
export async function putSubscription(
  trx: Trx,
  accountId: string,
  { endpoint, p256dh, auth, device }: { endpoint: string; p256dh: string; auth: string; device: string },
): Promise<void> {
  await trx
    .deleteFrom('push_subscription')
    .where('account_id', '=', accountId)
    .where('endpoint', '=', endpoint)
    .execute();
  await trx
    .insertInto('push_subscription')
    .values({ account_id: accountId, endpoint, p256dh, auth, device })
    .execute();
}

export async function deleteDevice(trx: Queryable, accountId: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('push_subscription')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** A short message that has not left, with where it goes; undefined when it has, or is wanted no more. */
export async function findUnsentShort(db: Queryable, id: string) {
  const { rows } = await sql<{
    id: string;
    channel: 'text' | 'push';
    number: string | null;
    subscriptionId: string | null;
    endpoint: string | null;
    p256dh: string | null;
    auth: string | null;
    body: string;
    url: string | null;
    now: Temporal.Instant;
  }>`
    SELECT s.id, s.channel, s.number, s.subscription_id AS "subscriptionId", p.endpoint, p.p256dh, p.auth, s.body, s.url, app_now() AS now
      FROM short_message s LEFT JOIN push_subscription p ON p.id = s.subscription_id AND p.ended_at IS NULL
     WHERE s.id = ${id} AND s.sent_at IS NULL AND s.failed_at IS NULL
       AND (s.channel = 'push' OR EXISTS (SELECT FROM text_number n WHERE n.account_id = s.account_id AND n.number = s.number
                                           AND n.confirmed_at IS NOT NULL AND n.stopped_at IS NULL))`.execute(
    db,
  );
  return rows[0];
}

export async function markShortSent(db: Queryable, id: string): Promise<void> {
  await db.updateTable('short_message').set({ sent_at: now }).where('id', '=', id).execute();
}

export async function markShortFailed(db: Queryable, id: string, failure: string): Promise<void> {
  await db
    .updateTable('short_message')
    .set({ failed_at: now, failure: failure.slice(0, 200) })
    .where('id', '=', id)
    .execute();
}

export async function endSubscription(db: Queryable, id: string): Promise<void> {
  await db.updateTable('push_subscription').set({ ended_at: now }).where('id', '=', id).execute();
}

/** Queues short messages whose readers' quiet hours are over. */
export async function releaseShort(trx: Trx): Promise<void> {
  await sql`
    WITH due AS (UPDATE short_message SET waits_until = NULL WHERE waits_until <= app_now() AND sent_at IS NULL AND failed_at IS NULL RETURNING id)
    SELECT enqueue('send_short', json_build_object('shortId', id), 'short:' || id) FROM due`.execute(trx);
}

export async function noteDelivery(
  db: Queryable,
  id: string,
  hasArrived: boolean,
  reason: string,
): Promise<boolean> {
  const { rows } = await sql<{
    noted: boolean;
  }>`SELECT note_short_delivery(${id}, ${hasArrived}, ${reason}) AS noted`.execute(db);
  return rows[0]!.noted;
}

export async function setTextsOf(db: Queryable, number: string, isStopped: boolean): Promise<void> {
  await sql`SELECT set_texts_by_number(${number}, ${isStopped})`.execute(db);
}
