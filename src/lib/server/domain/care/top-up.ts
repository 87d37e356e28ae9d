import type { TopUpBar } from './gate.ts';

/** In which days after a treatment the policy of its place lets it be topped up. */
export type TopUpDays = { readonly fromDay: number; readonly untilDay: number };

/** A bar of a top-up that waiting does not open: why, and what does. */
type BarWords = Readonly<Record<Exclude<TopUpBar, 'too_early'>, { why: string; opens: string }>>;

export const barsForPatient = ({ fromDay, untilDay }: TopUpDays): BarWords => ({
  not_completed: {
    why: 'A small correction follows a treatment that was completed.',
    opens: 'A new consultation.',
  },
  nothing_kept_back: {
    why: 'Your prescription keeps nothing back for a small correction.',
    opens: 'A new consultation.',
  },
  prescriber_only: {
    why: 'Here your prescriber gives a small correction, and your prescription names somebody else.',
    opens: 'A new consultation with your prescriber.',
  },
  over: {
    why: `A small correction is possible until ${untilDay} days after the treatment. That time is over.`,
    opens: 'A new consultation.',
  },
  not_reviewed: {
    why: `A small correction follows a review visit, ${fromDay} to ${untilDay} days after the treatment.`,
    opens: 'Your review visit, in person.',
  },
});

export const barsForPractitioner = ({ untilDay }: TopUpDays): BarWords => ({
  not_completed: { why: 'The treatment was not completed.', opens: 'A new consultation and prescription.' },
  nothing_kept_back: {
    why: 'The prescription keeps nothing back for a top-up.',
    opens: 'A new consultation and prescription.',
  },
  prescriber_only: {
    why: 'Each treatment needs a consultation here, so the prescriber gives a top-up; this prescription names somebody else.',
    opens: 'A new consultation and prescription.',
  },
  over: {
    why: `More than ${untilDay} days have passed since the treatment.`,
    opens: 'A new consultation and prescription.',
  },
  not_reviewed: {
    why: 'No review visit in person has been completed since the treatment.',
    opens: 'The review visit, in person.',
  },
});
