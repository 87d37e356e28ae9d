import type { Db, Trx } from '#lib/server/platform/db.ts';
import { reserveSlot } from '../availability/claim.ts';
import { loadCalendars, slotsIn } from '../availability/calendar.ts';
import { system } from '../shared/actor.ts';
import { localDate } from '../shared/dates.ts';
import { recordEvent } from '../shared/record-event.ts';
import { isRefusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import {
  endEntriesPastHope,
  findFreedTimes,
  findWishes,
  finishFreedTime,
  insertOffer,
  insertPassedOver,
  isKeptForNow,
  lapseOffers,
  lockFreedTime,
  type FreedTime,
} from './queries.ts';
import { chooseTime, isNight, OFFER_MINUTES, type Time, type Wish } from './wish.ts';

/** How often another worker or a quicker visitor may come between before the next minute looks again. */
const TRIES = 3;

/**
 * Ends the offers whose time is up, and offers all time that has come free: to the first in the order of asking whom it
 * fits, then to the next, until nobody on the list wants it. Harmless when run twice, or by two workers at once.
 */
export async function offerFreedTimes(db: Db): Promise<void> {
  await transact(db, system, lapseOffers);
  await transact(db, system, endEntriesPastHope);
  for (const id of await findFreedTimes(db)) await offerAll(db, id);
}

/** Ends by itself: nobody is asked twice about the same freed time. */
async function offerAll(db: Db, freedTimeId: string): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      while (await offerNext(db, freedTimeId));
      return;
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }
}

/** Makes one offer out of a freed time. Answers whether there may be another one to make. */
function offerNext(db: Db, freedTimeId: string): Promise<boolean> {
  return transact(db, system, async (trx) => {
    const freed = await lockFreedTime(trx, freedTimeId);
    // Another worker has it, or has done it.
    if (freed === undefined || isNight(freed.now, freed.timeZone)) return false;
    if (await offerToFirst(trx, freed)) return true;
    if (!(await isKeptForNow(trx, freed))) await finishFreedTime(trx, freedTimeId);
    return false;
  });
}

async function offerToFirst(trx: Trx, freed: FreedTime): Promise<boolean> {
  const wishes = await findWishes(trx, freed);
  const timesOf = await freeTimes(trx, freed, wishes);
  const passedOver = [];
  for (const wish of wishes) {
    const { times, notBefore } = timesOf.get(lengthOf(wish))!;
    const chosen = chooseTime(wish, times, { timeZone: freed.timeZone, notBefore });
    if (typeof chosen === 'string') {
      passedOver.push({ entryId: wish.entryId, reason: chosen });
      continue;
    }
    const offerId = await keepFor(trx, freed, wish, chosen);
    await insertPassedOver(trx, offerId, passedOver);
    await recordEvent(trx, {
      type: 'waitlist.offered',
      subjectType: 'waitlist_offer',
      subjectId: offerId,
      payload: {},
    });
    return true;
  }
  return false;
}

/** The time as a reserved block: seen to be offered and free, like for everybody. */
async function keepFor(trx: Trx, freed: FreedTime, wish: Wish, { start, end }: Time): Promise<string> {
  const { practitionerId, locationId, now } = freed;
  const { blockId } = await reserveSlot(
    trx,
    { practitionerId, locationId, kind: wish.kind, doubleLength: wish.isDouble, start },
    now.add({ minutes: OFFER_MINUTES }),
  );
  return insertOffer(trx, { freed, wish, blockId, start, end });
}

const lengthOf = ({ kind, isDouble }: Wish) => (isDouble ? `${kind}, double` : kind);

/** What the slot engine offers with a start in the freed time, by kind and length of visit; two queries each. */
async function freeTimes(trx: Trx, freed: FreedTime, wishes: readonly Wish[]) {
  const { practitionerId, locationId, span, timeZone, now } = freed;
  const dates = { from: localDate(span.start!, timeZone), to: localDate(span.end!, timeZone) };
  const byLength = new Map<string, { times: Time[]; notBefore: Temporal.Instant }>();
  for (const [length, [wish]] of Map.groupBy(wishes, lengthOf)) {
    const { kind, isDouble: doubleLength } = wish!;
    const whose = { practitionerIds: [practitionerId], locationId };
    const [calendar] = await loadCalendars(trx, whose, kind, dates, { doubleLength });
    const times = calendar === undefined ? [] : slotsIn(calendar, dates);
    byLength.set(length, {
      times: times.filter(
        ({ start }) =>
          Temporal.Instant.compare(span.start!, start) <= 0 && Temporal.Instant.compare(start, span.end!) < 0,
      ),
      // Whoever takes it in the last minute still keeps the notice.
      notBefore: now.add({ minutes: (calendar?.terms.noticeMinutes ?? 0) + OFFER_MINUTES }),
    });
  }
  return byLength;
}
