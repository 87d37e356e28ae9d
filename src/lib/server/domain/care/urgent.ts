import { plural } from '#lib/format/words.ts';
import type { PolicyValues } from '../policy/keys.ts';

/** Who is told of an urgent message, one after the other, until somebody answers. When: `urgent_told_from()`, from policy. */
export const RUNGS = ['injector', 'prescriber', 'cover', 'operator'] as const;
export type Rung = (typeof RUNGS)[number];

/** What each of them is to the patient. */
export const RUNG_WORDS: Readonly<Record<Rung, string>> = {
  injector: 'who treated you',
  prescriber: 'your prescriber',
  cover: 'who covers for them',
  operator: 'our own people',
};

/** The same on a desk. */
export const RUNG_NAMES: Readonly<Record<Rung, string>> = {
  injector: 'Injector',
  prescriber: 'Prescriber',
  cover: 'Cover',
  operator: 'Operator',
};

type Waits = Pick<
  PolicyValues,
  | 'urgent_injector_minutes_day'
  | 'urgent_injector_minutes_night'
  | 'urgent_prescriber_minutes_day'
  | 'urgent_prescriber_minutes_night'
>;

/** Within which time somebody answers, by day and by night, in words; of several places the longest. */
export function answerTimes(policies: readonly Waits[]): { day: string; night: string } {
  const longest = (waits: (policy: Waits) => number) => inWords(Math.max(...policies.map(waits)));
  return {
    day: longest((one) => one.urgent_injector_minutes_day + one.urgent_prescriber_minutes_day),
    night: longest((one) => one.urgent_injector_minutes_night + one.urgent_prescriber_minutes_night),
  };
}

function inWords(minutes: number): string {
  return minutes % 60 === 0 ? plural(minutes / 60, 'hour') : plural(minutes, 'minute');
}
