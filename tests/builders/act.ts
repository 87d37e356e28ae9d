import { sql } from 'kysely';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Queryable } from '#lib/server/platform/db.ts';

/** Who a row is written by: anything with an account. */
export type Signer = { readonly accountId: string };

/** Runs `work` with `signer` as the acting account: in the caller's transaction, or in one of its own. */
export async function acting<T>(
  db: Queryable,
  signer: Signer | null,
  work: (trx: Queryable) => Promise<T>,
): Promise<T> {
  if (!db.isTransaction) return db.transaction().execute((trx) => acting(trx, signer, work));
  await sql`SELECT set_config('app.actor_id', ${signer?.accountId ?? ''}, true)`.execute(db);
  return work(db);
}

/** Moves the clock of the whole database on. Only the owner may. */
export async function passTime(db: Queryable, by: Temporal.DurationLike): Promise<void> {
  const iso = Temporal.Duration.from(by).toString();
  await sql`UPDATE clock SET ahead_by = ahead_by + ${iso}::interval`.execute(db);
}

/** Sets the clock of the whole database to a moment, from which it goes on. Only the owner may. */
export async function setClock(db: Queryable, to: string): Promise<void> {
  await sql`UPDATE clock SET ahead_by = ahead_by + (${to}::timestamptz - app_now())`.execute(db);
}

/** A moment from now, rounded up to the minute. Days are 24 hours long. */
export async function later(
  db: Queryable,
  { days = 0, hours = 0, minutes = 0 } = {},
): Promise<Temporal.Instant> {
  const now = await appNow(db);
  return now
    .add({ hours: days * 24 + hours, minutes })
    .round({ smallestUnit: 'minute', roundingMode: 'ceil' });
}
