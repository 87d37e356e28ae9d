/** What a case is now, by its last step. */
export type CaseState = 'draft' | 'sent' | 'approved' | 'refused' | 'taken_down';

export const STATE_WORDS: Readonly<Record<CaseState, string>> = {
  draft: 'Being written',
  sent: 'With a reviewer',
  approved: 'Approved',
  refused: 'Sent back',
  taken_down: 'Taken down',
};

/** While nobody reads or sees it, words and pictures may change. */
export const mayChange = (state: CaseState): boolean => state !== 'sent' && state !== 'approved';

export type Side = 'before' | 'after';
export const SIDES = ['before', 'after'] as const satisfies Side[];

/** Where a case may be shown at this moment; the database says so. */
export type Reach = 'public' | 'consultation' | 'nowhere';

export const REACH_WORDS: Readonly<Record<Reach, string>> = {
  public: 'On your public page',
  consultation: 'To show in a consultation; not on your public page',
  nowhere: 'Not shown',
};

/** Whom the law lets see such pictures, in the words of the desk. */
export const LAW_WORDS: Readonly<Record<string, string>> = {
  public: 'Approved cases may be on your public page, with the patient’s consent to that.',
  after_consultation:
    'The law where you are listed keeps such pictures off public pages. You may show them in a consultation, with the patient’s consent to that.',
  never: 'The law where you are listed allows no such pictures, neither in public nor in a consultation.',
};
