/** What would help on the day, as people read it. */
export const NEED_LABELS = {
  interpreter: 'An interpreter',
  sign_language: 'A sign language interpreter',
  longer_visit: 'A longer visit',
  step_free: 'A way in without steps',
  quiet_room: 'A quiet room',
  large_print: 'Papers in large print',
  companion: 'Someone will come with me',
  text_only: 'Please write, don’t call',
  no_voicemail: 'Please leave no voicemail',
} as const satisfies Record<string, string>;

/** What a place has, as people read it. */
export const ACCESS_LABELS = {
  step_free: 'Step-free way in',
  quiet_room: 'Quiet room',
  parking: 'Parking',
  hearing_loop: 'Hearing loop',
  accessible_toilet: 'Accessible toilet',
} as const satisfies Record<string, string>;
