import { createHash, randomInt } from 'node:crypto';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { canBePushedTo } from '#lib/server/platform/push.ts';
import { publicInternet, type FetchRules } from '#lib/server/platform/safe-fetch.ts';
import type { TextGateway } from '#lib/server/platform/texts.ts';
import { accountOf, type Actor } from '../../shared/actor.ts';
import { formatCalendarDate, localDate } from '../../shared/dates.ts';
import { Refusal } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import {
  confirmNumber,
  deleteDevice,
  deleteNumber,
  findDevices,
  findNumber,
  putNumber,
  putSubscription,
} from './queries.ts';

const MOST_DEVICES = 10;

/** Where short messages go to now: the number, with its last digits alone, and browsers by their names. */
export async function readShortChoices(db: Db, actor: Actor) {
  const accountId = requireAccount(actor);
  return transact(db, actor, async (trx) => {
    const number = await findNumber(trx, accountId);
    return {
      number: number && {
        ending: number.number.slice(-3),
        state:
          number.confirmedAt === null
            ? number.isAsked
              ? ('asked' as const)
              : ('ran_out' as const)
            : number.stoppedAt === null
              ? ('on' as const)
              : ('stopped' as const),
      },
      devices: (await findDevices(trx, accountId)).map(({ id, device, madeAt }) => ({
        id,
        name: device || 'A browser',
        since: formatCalendarDate(localDate(madeAt, 'UTC')),
      })),
    };
  });
}

/** Sends a code to a number; it gets nothing else until the code is typed. Refuses with `text_not_sent`. */
export async function askForNumber(
  db: Db,
  actor: Actor,
  gateway: TextGateway | null,
  number: string,
): Promise<void> {
  const accountId = requireAccount(actor);
  if (gateway === null) throw new Refusal('not_found');
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  const now = await appNow(db);
  // Not sent, nothing is kept of the number.
  const outcome = await gateway
    .send(
      {
        id: crypto.randomUUID(),
        to: number,
        text: `Steadyhand: your code is ${code}. It is good for ten minutes.`,
      },
      now,
    )
    .catch(() => null);
  if (outcome?.kind !== 'sent') throw new Refusal('text_not_sent', { field: 'number' });
  await transact(db, actor, (trx) => putNumber(trx, accountId, number, hashOf(accountId, code)));
}

/** The code from the telephone: from now on it gets text messages. Refuses with `text_code_wrong`. */
export async function confirmOwnNumber(db: Db, actor: Actor, code: string): Promise<void> {
  const accountId = requireAccount(actor);
  // A wrong one counts as a try: it is no reason to take the transaction back.
  const fits = await transact(db, actor, (trx) => confirmNumber(trx, hashOf(accountId, code)));
  if (!fits) throw new Refusal('text_code_wrong', { field: 'code' });
}

/** No more text messages; the number is forgotten. */
export async function removeNumber(db: Db, actor: Actor): Promise<void> {
  const accountId = requireAccount(actor);
  await transact(db, actor, async (trx) => {
    if (!(await deleteNumber(trx, accountId))) throw new Refusal('not_found');
  });
}

/** Notifications on the browser that asks. Refuses with `push_address` and `push_full`. */
export async function addDevice(
  db: Db,
  actor: Actor,
  subscription: { endpoint: string; p256dh: string; auth: string; device: string },
  rules: FetchRules = publicInternet,
): Promise<void> {
  const accountId = requireAccount(actor);
  if (!canBePushedTo(subscription, rules)) throw new Refusal('push_address');
  await transact(db, actor, async (trx) => {
    await putSubscription(trx, accountId, subscription);
    if ((await findDevices(trx, accountId)).length > MOST_DEVICES) throw new Refusal('push_full');
  });
}

/** No more notifications there. */
export async function removeDevice(db: Db, actor: Actor, device: string): Promise<void> {
  const accountId = requireAccount(actor);
  await transact(db, actor, async (trx) => {
    if (!(await deleteDevice(trx, accountId, device))) throw new Refusal('not_found');
  });
}

function requireAccount(actor: Actor): string {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('not_found');
  return accountId;
}

function hashOf(accountId: string, code: string): string {
  return createHash('sha256').update(`${accountId}:${code}`).digest('hex');
}
