import type { LetterKind } from './letter-kinds.ts';

/**
 * The letters that are said once more in a few words, on a telephone or by a browser, to who wants that: those that somebody
 * acts on within hours. The words name nobody and nothing (P4): who looks over a shoulder learns that there is a visit.
 */
const SHORT: Partial<Record<LetterKind, { words: string; canWait: boolean }>> = {
  appointment_moved: { words: 'An appointment has a new time.', canWait: true },
  appointment_rebooked: { words: 'An appointment has a new time.', canWait: true },
  appointment_cancelled: { words: 'An appointment was cancelled.', canWait: true },
  appointment_running_late: { words: 'An appointment of today begins later.', canWait: false },
  appointment_on_time: { words: 'An appointment of today begins on time after all.', canWait: false },
  reminder_two_days: { words: 'A reminder: there is an appointment in two days.', canWait: true },
  reminder_last: { words: 'A reminder: there is an appointment today.', canWait: false },
  waitlist_offer: {
    words: 'An earlier time has come free, and is kept for you for a while.',
    canWait: false,
  },
};

/** How a letter of this kind is said in few words; undefined where it is not. */
export function shortOf(kind: LetterKind): { words: string; canWait: boolean } | undefined {
  return SHORT[kind];
}
