/** What each colour of the calendar says in words. */
export const KIND_NAMES = {
  consultation: 'Consultation',
  treatment: 'Treatment',
  follow_up: 'Review visit',
  hold: 'Held',
  closure: 'Closed',
  busy: 'Busy',
} as const;
