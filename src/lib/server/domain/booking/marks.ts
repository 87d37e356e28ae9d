/** What may be found about a mark: that it stands, or what was true instead. */
export const FINDINGS = ['was_kept', 'cancelled_in_time', 'clinic_fault', 'stands'] as const;
export type Finding = (typeof FINDINGS)[number];

/** As both sides read it. */
export const FINDING_WORDS: Readonly<Record<Finding, string>> = {
  was_kept: 'Put right: the visit was kept',
  cancelled_in_time: 'Put right: it was cancelled in time',
  clinic_fault: 'Put right: it was the clinic’s doing',
  stands: 'Looked at again: the note stays',
};

/** What is noted about how an appointment ended, in words for its patient; null where nothing is held against anybody. */
export function markWords(mark: {
  state: string;
  noShowBy: 'patient' | 'practitioner' | null;
  isLate: boolean;
}): string | null {
  if (mark.isLate) return 'Noted as a late cancellation.';
  if (mark.state === 'left_unseen') return 'Noted: you left before you were seen. Nothing is owed.';
  if (mark.noShowBy === 'patient') return 'Noted: you did not come.';
  if (mark.noShowBy === 'practitioner') return 'Noted: the practitioner did not come.';
  return null;
}
