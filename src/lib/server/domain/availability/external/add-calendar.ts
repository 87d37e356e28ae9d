import type { Db, Trx } from '#lib/server/platform/db.ts';
import { checkedUrl, FetchProblem, publicInternet } from '#lib/server/platform/safe-fetch.ts';
import { accountOf, type Actor } from '../../shared/actor.ts';
import { isRefusal, Refusal } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import { horizonAt, readCalendar, type ExternalBusy } from './ics.ts';
import { countCalendars, findOwnPractice, insertAddress, putFile } from './queries.ts';
import { queueRefresh } from './refresh-calendar.ts';
import { storeBusy } from './store-busy.ts';

const MOST_CALENDARS = 10;

export interface NewCalendar {
  name: string;
  location: string;
}

/** Adds a calendar that the worker reads at its address: at once, and from then on every half hour. */
export async function addCalendarAddress(
  db: Db,
  actor: Actor,
  { name, location, address }: NewCalendar & { address: string },
): Promise<void> {
  const { href, hostname } = allowedUrl(address);
  const { practitionerId, locationId } = await ownPractice(db, actor, location);
  await transact(db, actor, async (trx) => {
    const calendar = { practitionerId, locationId, name, address: href, host: hostname };
    const { id } = await requireAdded(trx, practitionerId, await insertAddress(trx, calendar));
    await queueRefresh(trx, { id, kind: 'address' });
  });
}

/** Adds a calendar as it stands in a file, or puts the file in the place of an earlier one of that name. */
export async function addCalendarFile(
  db: Db,
  actor: Actor,
  { name, location, text }: NewCalendar & { text: string },
): Promise<void> {
  const { practitionerId, locationId, now, timeZone } = await ownPractice(db, actor, location);
  const { busy, skipped } = readFile(text, now, timeZone);
  await transact(db, actor, async (trx) => {
    const file = await putFile(trx, { practitionerId, locationId, name, skipped });
    const { id } = await requireAdded(trx, practitionerId, file);
    await storeBusy(trx, { calendarId: id, practitionerId }, busy);
  });
}

function allowedUrl(address: string): URL {
  try {
    return checkedUrl(address, publicInternet);
  } catch (problem) {
    if (!(problem instanceof FetchProblem)) throw problem;
    throw new Refusal('calendar_address', { field: 'address' });
  }
}

function readFile(text: string, now: Temporal.Instant, timeZone: string): ExternalBusy {
  try {
    return readCalendar(text, horizonAt(now, timeZone));
  } catch (problem) {
    if (!isRefusal(problem)) throw problem;
    throw new Refusal(problem.code, { field: 'file' });
  }
}

/** A practice of the actor's own, or `not_found`. */
export async function ownPractice(db: Db, actor: Actor, locationId: string) {
  const practice = await findOwnPractice(db, accountOf(actor), locationId);
  if (practice === undefined) throw new Refusal('not_found');
  return practice;
}

/** Refuses a name that is taken, and one calendar too many. */
export async function requireAdded(trx: Trx, practitionerId: string, added: { id: string } | undefined) {
  if (added === undefined) throw new Refusal('calendar_name_taken', { field: 'name' });
  if ((await countCalendars(trx, practitionerId)) > MOST_CALENDARS) throw new Refusal('too_many_calendars');
  return added;
}
