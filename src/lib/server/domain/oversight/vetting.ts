/** The states of a vetting case, and what a reviewer reads. The trigger `vetting_case_sign` holds the order of them. */
export const CASE_STATES = {
  submitted: 'Waiting for checks',
  checks_complete: 'Waiting for a decision',
  approved: 'Approved',
  not_approved: 'Not approved',
} as const;
export type CaseState = keyof typeof CASE_STATES;

export const CHECK_METHODS = {
  register_page: 'Read on the public register',
  register_file: 'Found in the register’s file',
  document: 'Document confirmed by its issuer',
} as const;
export type CheckMethod = keyof typeof CHECK_METHODS;

export const CHECK_RESULTS = {
  confirmed: 'Confirmed',
  not_confirmed: 'Not confirmed',
  unreachable: 'Could not be reached',
} as const;
export type CheckResult = keyof typeof CHECK_RESULTS;

/** What a check says: a comparison with a register's file can leave it to a person. */
export const CHECK_FINDINGS = { ...CHECK_RESULTS, unclear: 'A person has to look' } as const;
export type CheckFinding = keyof typeof CHECK_FINDINGS;

/** What makes a case urgent to look at with care. */
export type CaseFacts = {
  wasSuspended: boolean;
  /** How many times it was not approved before. */
  refusals?: number;
  credentials: readonly {
    numberFits: boolean;
    isOnlineOnly?: boolean;
    daysLeft: number;
    lastResult: CheckFinding | null;
  }[];
};

/** Reasons for care in words; none is the ordinary case. */
export function risksOf({ wasSuspended, refusals = 0, credentials }: CaseFacts): string[] {
  const current = credentials.filter(({ daysLeft }) => daysLeft > 0);
  return [
    wasSuspended && 'Was suspended before',
    refusals > 0 && 'Was not approved before',
    current.some(({ numberFits }) => !numberFits) && 'A number does not fit its register',
    current.some(({ isOnlineOnly }) => isOnlineOnly) && 'Training was online only',
    current.some(({ lastResult }) => lastResult === 'not_confirmed') && 'A check was not confirmed',
    current.some(({ lastResult }) => lastResult === 'unclear') && 'A register’s file says something unclear',
    current.some(({ daysLeft }) => daysLeft <= 30) && 'A credential ends within 30 days',
  ].filter((risk) => risk !== false);
}

/** What a reviewer may do with a case, or why not. */
export type CaseAction = 'check' | 'complete' | 'decide';

/** Null where the reviewer may; otherwise the reason to show in the button's place. */
export function whyNot(
  action: CaseAction,
  vetting: { state: string; subjectAccountId: string; checkedBy: string | null },
  reviewerAccountId: string,
): string | null {
  if (vetting.subjectAccountId === reviewerAccountId)
    return 'This case is about you, so other people work on it.';
  if (vetting.state === 'approved' || vetting.state === 'not_approved') return 'This case is decided.';
  if (action === 'decide') {
    if (vetting.state === 'submitted') return 'The checks come first. A second reviewer decides.';
    return vetting.checkedBy === reviewerAccountId
      ? 'You did the checks, so a second reviewer decides.'
      : null;
  }
  return vetting.state === 'submitted' ? null : 'The checks are complete.';
}

/** A table of words as the choices of a form. */
export function choices(table: Readonly<Record<string, string>>): { value: string; label: string }[] {
  return Object.entries(table).map(([value, label]) => ({ value, label }));
}
