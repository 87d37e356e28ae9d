/** Who is told of an urgent message, one after the other, until somebody answers. When: `urgent_step_due()`. */
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
