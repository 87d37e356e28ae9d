/** The states of an appointment. They cover real days: people faint, change their minds, wait and leave (C8). */
export const STATES = [
  'held',
  'confirmed',
  'paused',
  'arrived',
  'started',
  'completed',
  'stopped',
  'cancelled',
  'no_show',
  'left_unseen',
  'expired',
] as const;
export type AppointmentState = (typeof STATES)[number];

/** What may follow what. The trigger `appointment_transition` holds the same table, and a test holds both together. */
export const FOLLOWS = {
  held: ['confirmed', 'expired', 'cancelled'],
  confirmed: ['paused', 'arrived', 'cancelled', 'no_show'],
  paused: ['confirmed', 'cancelled'],
  arrived: ['started', 'left_unseen', 'cancelled', 'no_show'],
  started: ['completed', 'stopped'],
  completed: [],
  stopped: [],
  cancelled: [],
  no_show: [],
  left_unseen: [],
  expired: [],
} as const satisfies Record<AppointmentState, readonly AppointmentState[]>;

/** Who has a part in an appointment. */
export type Side = 'patient' | 'practice';

const BOTH: readonly Side[] = ['patient', 'practice'];

/** What people do with an appointment: from which states, and which of the two sides. Commands and pages ask this table. */
const VERBS = {
  move: { from: ['confirmed'], by: BOTH },
  changeRoom: { from: ['confirmed', 'arrived', 'started'], by: ['practice'] },
  cancel: { from: ['held', 'confirmed', 'paused', 'arrived'], by: BOTH },
  giveWord: { from: ['confirmed'], by: BOTH },
  arrive: { from: ['confirmed'], by: BOTH },
  start: { from: ['arrived'], by: ['practice'] },
  complete: { from: ['started'], by: ['practice'] },
  stop: { from: ['started'], by: BOTH },
  markNoShow: { from: ['confirmed', 'arrived'], by: BOTH },
  leaveUnseen: { from: ['arrived'], by: BOTH },
} as const satisfies Record<string, { from: readonly AppointmentState[]; by: readonly Side[] }>;
export type AppointmentVerb = keyof typeof VERBS;

/** Whether this side may do this to an appointment in this state. The clock is asked elsewhere: by the database. */
export function may(side: Side, verb: AppointmentVerb, state: string): boolean {
  const { from, by }: { from: readonly string[]; by: readonly Side[] } = VERBS[verb];
  return from.includes(state) && by.includes(side);
}

/** What a person may want to talk about: the regions of the face drawing, and one thing that is in none of them. */
export const CONCERNS = [
  'forehead_lines',
  'frown_lines',
  'crows_feet',
  'bunny_lines',
  'jaw',
  'chin',
  'neck_bands',
  'asymmetry',
] as const;

/** What would help on the day. Asked once; every answer is optional. */
export const NEEDS = [
  'interpreter',
  'sign_language',
  'longer_visit',
  'step_free',
  'quiet_room',
  'large_print',
  'companion',
  'text_only',
  'no_voicemail',
] as const;

/** With these the visit takes twice as long: everything is said twice, or slowly. */
const TWICE: readonly string[] = ['interpreter', 'sign_language', 'longer_visit'];

export function asksForTwice(needs: readonly string[]): boolean {
  return needs.some((need) => TWICE.includes(need));
}
