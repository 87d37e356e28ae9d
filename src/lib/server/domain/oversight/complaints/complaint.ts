/** What a complaint is. The trigger `complaint_step_take` holds the order of its steps. */
export type ComplaintState =
  'made' | 'acknowledged' | 'answered' | 'with_steadyhand' | 'closed' | 'settled' | 'withdrawn';

export type StepKind =
  | 'made'
  | 'acknowledged'
  | 'answered'
  | 'not_acknowledged'
  | 'not_answered'
  | 'taken_further'
  | 'triaged'
  | 'assigned'
  | 'proposed'
  | 'returned'
  | 'closed'
  | 'settled'
  | 'withdrawn';

export const SEVERITIES = {
  low: 'Low: about manners, waiting, words or money',
  medium: 'Medium: about how the work was done',
  high: 'High: somebody was harmed, or could be',
} as const;
export type Severity = keyof typeof SEVERITIES;

export const FINDINGS = {
  upheld: 'Upheld',
  partly_upheld: 'Upheld in part',
  not_upheld: 'Not upheld',
  not_for_us: 'Not for us to decide',
} as const;
export type Finding = keyof typeof FINDINGS;

/** What each step means, as everybody who may see it reads it. */
export const STEP_WORDS: Record<StepKind, string> = {
  made: 'Complaint made',
  acknowledged: 'The clinic acknowledged it',
  answered: 'The clinic answered',
  not_acknowledged: 'The clinic did not acknowledge it in time, so it is with Steadyhand',
  not_answered: 'The clinic did not answer in time, so it is with Steadyhand',
  taken_further: 'Taken to Steadyhand',
  triaged: 'A reviewer of Steadyhand read it',
  assigned: 'A reviewer of Steadyhand looks after it',
  proposed: 'A finding was proposed',
  returned: 'The proposal was sent back',
  closed: 'Decided',
  settled: 'Settled: the answer was enough',
  withdrawn: 'Withdrawn',
};

export const STATE_WORDS: Record<ComplaintState, string> = {
  made: 'With the clinic, not yet acknowledged',
  acknowledged: 'With the clinic, acknowledged',
  answered: 'Answered by the clinic',
  with_steadyhand: 'With Steadyhand',
  closed: 'Decided',
  settled: 'Settled',
  withdrawn: 'Withdrawn',
};

/** Whether nothing follows any more. */
export function hasEnded(state: ComplaintState): boolean {
  return state === 'closed' || state === 'settled' || state === 'withdrawn';
}

/** What each side may do next. The database asks the same. */
export const MAY: Readonly<
  Record<
    'takeFurther' | 'settle' | 'withdraw' | 'acknowledge' | 'answer' | 'decide',
    readonly ComplaintState[]
  >
> = {
  takeFurther: ['made', 'acknowledged', 'answered'],
  settle: ['answered'],
  withdraw: ['made', 'acknowledged', 'answered', 'with_steadyhand'],
  acknowledge: ['made'],
  answer: ['made', 'acknowledged', 'with_steadyhand'],
  decide: ['with_steadyhand'],
};

/** How soon somebody looks: those about safety, then those that nobody has read, then the others by weight. */
export function urgencyOf(severity: Severity | null): number {
  return severity === null ? 1 : { high: 0, medium: 2, low: 3 }[severity];
}
