import type { EpochMs } from '../availability/schedule.ts';

/** What somebody on the list waits for, of one practitioner at one location. */
export interface Wish {
  entryId: string;
  patientId: string;
  kind: 'consultation' | 'follow_up';
  /** Of twice the length, with an interpreter for one. */
  isDouble: boolean;
  /** ISO 8601: 1 is Monday. */
  weekdays: readonly number[];
  fromMinute: number;
  untilMinute: number;
  earliestDay: string;
  latestDay: string;
  /** The start of the visit that an earlier one would take the place of. */
  bookedFor: Temporal.Instant | null;
  /** Another time is kept for this patient at this moment. */
  hasOffer: boolean;
  /** This freed time was offered before, and not taken. */
  wasAsked: boolean;
  /** Starts with this practitioner that were offered before. */
  askedStarts: readonly EpochMs[];
  /** What else the patient has booked, from and until. */
  busy: readonly (readonly [EpochMs, EpochMs])[];
}

/** A time that can be booked. */
export interface Time {
  start: Temporal.Instant;
  end: Temporal.Instant;
}

/** Why a freed time was not for somebody: kept with the offer to whoever got it. */
export type PassedOver =
  | 'has_offer'
  | 'asked_before'
  | 'nothing_that_long'
  | 'too_soon'
  | 'other_days'
  | 'other_weekdays'
  | 'other_hours'
  | 'not_earlier'
  | 'busy';

/** The first of the times, in order, that somebody wants and can have, or why none of them is. */
export function chooseTime<T extends Time>(
  wish: Wish,
  times: readonly T[],
  { timeZone, notBefore }: { timeZone: string; notBefore: Temporal.Instant },
): T | PassedOver {
  if (wish.hasOffer) return 'has_offer';
  if (wish.wasAsked) return 'asked_before';
  let left = times;
  for (const [reason, suits] of tests(wish, timeZone, notBefore)) {
    if (left.length === 0) break;
    const suitable = left.filter(suits);
    if (suitable.length === 0) return reason;
    left = suitable;
  }
  return left[0] ?? 'nothing_that_long';
}

/** One after the other: the reason is the test that the last of the times failed. */
function tests(
  wish: Wish,
  timeZone: string,
  notBefore: Temporal.Instant,
): readonly (readonly [PassedOver, (time: Time) => boolean])[] {
  const local = (instant: Temporal.Instant) => instant.toZonedDateTimeISO(timeZone);
  const dayOf = ({ start }: Time) => local(start).toPlainDate().toString();
  return [
    ['too_soon', ({ start }) => isBy(notBefore, start)],
    ['asked_before', ({ start }) => !wish.askedStarts.includes(start.epochMilliseconds)],
    ['other_days', (time) => wish.earliestDay <= dayOf(time) && dayOf(time) <= wish.latestDay],
    ['other_weekdays', ({ start }) => wish.weekdays.includes(local(start).dayOfWeek)],
    ['other_hours', (time) => isWithinHours(wish, local(time.start), minutesOf(time))],
    ['not_earlier', ({ end }) => wish.bookedFor === null || isBy(end, wish.bookedFor)],
    [
      'busy',
      ({ start, end }) =>
        !wish.busy.some(([from, until]) => from < end.epochMilliseconds && start.epochMilliseconds < until),
    ],
  ];
}

function isWithinHours(
  { fromMinute, untilMinute }: Wish,
  { hour, minute }: Temporal.ZonedDateTime,
  minutes: number,
) {
  const startMinute = hour * 60 + minute;
  return fromMinute <= startMinute && startMinute + minutes <= untilMinute;
}

function minutesOf({ start, end }: Time): number {
  return (end.epochMilliseconds - start.epochMilliseconds) / 60_000;
}

function isBy(instant: Temporal.Instant, limit: Temporal.Instant): boolean {
  return Temporal.Instant.compare(instant, limit) <= 0;
}

/** Between ten at night and seven nobody is woken: what comes free then is offered in the morning, if it still is. */
export function isNight(now: Temporal.Instant, timeZone: string): boolean {
  const { hour } = now.toZonedDateTimeISO(timeZone);
  return hour >= 22 || hour < 7;
}

/** How long a time is kept for whom it is offered to. */
export const OFFER_MINUTES = 15;
export const MOST_WISHES = 3;
