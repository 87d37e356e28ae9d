import type { Db, Trx } from '#lib/server/platform/db.ts';
import {
  FetchProblem,
  publicInternet,
  safeFetch,
  type FetchFailure,
  type FetchRules,
} from '#lib/server/platform/safe-fetch.ts';
import { accountOf, system, type Actor } from '../../shared/actor.ts';
import { enqueue } from '../../shared/record-event.ts';
import { isRefusal, Refusal, type RefusalCode } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import { horizonAt, readCalendar } from './ics.ts';
import { findToFetch, makeDue, noteFailure, noteFetched, takeDue } from './queries.ts';
import { storeBusy } from './store-busy.ts';

/** For so long after the first failure a calendar's times are kept free: most servers are back by then. */
export const KEPT_HOURS = 48;
/** Even an unchanged calendar is read again after a while: a series without end reaches farther then. */
export const READ_AGAIN_HOURS = 7 * 24;

const REASONS = {
  address: 'calendar_address',
  unreachable: 'calendar_unreachable',
  denied: 'calendar_denied',
  too_slow: 'calendar_too_slow',
  too_large: 'calendar_too_large',
} as const satisfies Record<FetchFailure, RefusalCode>;

/** Asks for a calendar of one's own to be read now. */
export async function askForRefresh(db: Db, actor: Actor, calendarId: string): Promise<void> {
  await transact(db, actor, async (trx) => {
    const due = await makeDue(trx, calendarId, accountOf(actor));
    if (due === undefined) throw new Refusal('not_found');
    await queueRefresh(trx, due);
  });
}

/** Queues every calendar whose time has come. */
export async function refreshDueCalendars(db: Db): Promise<void> {
  await transact(db, system, async (trx) => {
    for (const due of await takeDue(trx)) await queueRefresh(trx, due);
  });
}

/** One after the other, so that slow servers keep no other job waiting. */
export async function queueRefresh(
  trx: Trx,
  { id: calendarId, kind }: { id: string; kind: string },
): Promise<void> {
  await enqueue(
    trx,
    kind === 'caldav' ? 'sync_calendar' : 'refresh_calendar',
    { calendarId },
    { queue: 'calendars', key: `calendar:${calendarId}` },
  );
}

/** Notes why a calendar could not be read; after two days of that its times are given back. */
export async function noteUnread(
  db: Db,
  { id: calendarId, practitionerId }: { id: string; practitionerId: string },
  reason: RefusalCode,
): Promise<void> {
  await transact(db, system, async (trx) => {
    const failing = await noteFailure(trx, calendarId, reason);
    const keptUntil = failing?.failedSince.add({ hours: KEPT_HOURS });
    if (failing && Temporal.Instant.compare(keptUntil!, failing.now) <= 0)
      await storeBusy(trx, { calendarId, practitionerId }, []);
  });
}

/**
 * Reads a calendar at its address. Nothing is moved or cancelled because of what it says; that it could not be read is
 * noted with the reason, and after two days of that its times are given back.
 */
export async function refreshCalendar(
  db: Db,
  calendarId: string,
  rules: FetchRules = publicInternet,
): Promise<void> {
  const calendar = await findToFetch(db, calendarId);
  if (calendar === undefined) return;
  const { practitionerId } = calendar;
  const answer = await read(calendar, rules);
  if (typeof answer === 'string') return noteUnread(db, { id: calendarId, practitionerId }, answer);
  await transact(db, system, async (trx) => {
    if ((await noteFetched(trx, calendarId, answer)) && answer !== null)
      await storeBusy(trx, { calendarId, practitionerId }, answer.busy);
  });
}

type ToFetch = NonNullable<Awaited<ReturnType<typeof findToFetch>>>;

/** What the calendar says, null when it says the same as before, or why it could not be read. */
async function read(
  { address, etag, lastModified, readAt, now, timeZone, failing }: ToFetch,
  rules: FetchRules,
) {
  const isRecent = readAt !== null && now.since(readAt).total('hours') < READ_AGAIN_HOURS;
  try {
    const known = isRecent && !failing ? { etag, lastModified } : { etag: null, lastModified: null };
    const fetched = await safeFetch(address, known, rules);
    if (!fetched.changed) return null;
    return { ...fetched, ...readCalendar(fetched.text, horizonAt(now, timeZone)) };
  } catch (problem) {
    if (problem instanceof FetchProblem) return REASONS[problem.failure];
    if (isRefusal(problem)) return problem.code;
    throw problem;
  }
}
