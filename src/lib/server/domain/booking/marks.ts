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

/** How an appointment ended, as far as something is noted about it. */
interface Mark {
  state: string;
  noShowBy: 'patient' | 'practitioner' | null;
  isLate: boolean;
}

/** What is noted, in words for the patient; null where nothing is held against anybody. */
export function markWords(mark: Mark): string | null {
  if (mark.isLate) return 'Noted as a late cancellation.';
  if (mark.state === 'left_unseen') return 'Noted: you left before you were seen. Nothing is owed.';
  if (mark.noShowBy === 'patient') return 'Noted: you did not come.';
  if (mark.noShowBy === 'practitioner') return 'Noted: the practitioner did not come.';
  return null;
}

/** The same for the practice. */
export function markForPractice(mark: Mark): string | null {
  if (mark.isLate) return 'Cancelled late by the patient';
  if (mark.state === 'left_unseen') return 'The patient left before being seen';
  if (mark.noShowBy === 'patient') return 'The patient did not come';
  if (mark.noShowBy === 'practitioner') return 'The practitioner did not come';
  return null;
}
