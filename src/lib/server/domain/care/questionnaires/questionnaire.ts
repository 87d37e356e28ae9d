import type { Severity } from '../contraindications.ts';

/** What can be chosen, and what an answer says: findings in the codes of `contraindications.ts`. */
export type Option = {
  readonly value: string;
  readonly label: string;
  readonly says?: readonly Said[];
};
export type Said = { readonly code: string; readonly severity: Severity };

/**
 * One health question, as the patient reads it, with why it is asked. `choice` wants one of the options, `words` takes
 * any, `date` is the day of the last treatment elsewhere.
 */
export type HealthQuestion = {
  readonly code: string;
  readonly text: string;
  readonly hint?: string;
  readonly why?: string;
  readonly answer: 'choice' | 'words' | 'date';
  readonly options?: readonly Option[];
  /** Words and dates that may not be left empty; a choice never may. */
  readonly required?: boolean;
  /** Asked only of who answers yes to that question. */
  readonly ifYesTo?: string;
};

export type Section = {
  readonly code: string;
  readonly title: string;
  readonly intro?: string;
  readonly questions: readonly HealthQuestion[];
};

/** The questions as they are asked from a day on. Once released it never changes: another word is another version. */
export type Questionnaire = {
  readonly version: string;
  readonly askedFrom: string;
  readonly sections: readonly Section[];
};
