/*
 * Every kind of letter there is. What a reader may do without is a choice of theirs; the rest they get, because somebody
 * would come in vain, or be locked out, or not know that they need help.
 */

/** What somebody may do without, in the order of /account/messages. */
export const OPTIONAL_KINDS = [
  'reminder_week',
  'reminder_two_days',
  'reminder_last',
  'waitlist_offer',
  'review_request',
  'day_sheet',
] as const;
export type OptionalKind = (typeof OPTIONAL_KINDS)[number];

/** What everybody gets, and whether it can wait until the quiet hours of its reader are over. */
const REQUIRED = {
  account_verify: { canWait: false },
  account_taken: { canWait: false },
  account_reset: { canWait: false },
  account_changed: { canWait: false },
  account_forgetting: { canWait: false },
  carer_invited: { canWait: false },
  clinic_member_invited: { canWait: false },
  clinic_member_ended: { canWait: false },
  appointment_confirmed: { canWait: false },
  appointment_moved: { canWait: false },
  appointment_rebooked: { canWait: false },
  appointment_cancelled: { canWait: false },
  appointment_running_late: { canWait: false },
  appointment_on_time: { canWait: false },
  appointment_paused: { canWait: false },
  appointment_resumed: { canWait: false },
  appointment_missed: { canWait: true },
  appointment_corrected: { canWait: true },
  appointment_help_changed: { canWait: false },
  appointment_practice_ended: { canWait: true },
  consultation_signed: { canWait: true },
  treatment_signed: { canWait: false },
  photos_asked: { canWait: true },
  complaint_stepped: { canWait: false },
  review_stepped: { canWait: true },
  urgent_contact: { canWait: false },
  urgent_climbed: { canWait: false },
  urgent_answered: { canWait: false },
  adverse_event_told: { canWait: true },
  recall: { canWait: false },
  safety_case: { canWait: false },
  record_opened: { canWait: false },
  supervision_asked: { canWait: true },
  supervision_accepted: { canWait: true },
  supervision_ended: { canWait: false },
  application_submitted: { canWait: true },
  application_decided: { canWait: true },
  profile_change_decided: { canWait: true },
  listing_ending: { canWait: true },
  listing_stopped: { canWait: false },
  calendar_put_back: { canWait: true },
} as const;
export type RequiredKind = keyof typeof REQUIRED;

export type LetterKind = OptionalKind | RequiredKind;

/** All of them. */
export const LETTER_KINDS: readonly LetterKind[] = [
  ...(Object.keys(REQUIRED) as RequiredKind[]),
  ...OPTIONAL_KINDS,
];

/** Whether readers may do without it. */
export function isOptional(kind: string): kind is OptionalKind {
  return OPTIONAL_KINDS.some((one) => one === kind);
}

/** Whether it may wait for the morning. What is written by its own clock has waited already, or cannot. */
export function canWait(kind: LetterKind): boolean {
  return !isOptional(kind) && REQUIRED[kind].canWait;
}
