/** Why a patient cancels, where one is given. None is asked for (P6). */
export const CANCEL_REASONS = ['illness', 'pregnancy', 'clinic', 'changed_mind', 'time', 'other'] as const;
export type CancelReason = (typeof CANCEL_REASONS)[number];

/** Never held against a patient, however late: nobody is to come ill, or pregnant, or pay for the clinic's own delay. */
const ALWAYS_GOOD: readonly CancelReason[] = ['illness', 'pregnancy', 'clinic'];

/** How an appointment stands towards the notice that its practice asks for. */
export interface Notice {
  cancelHours: number;
  moveHours: number;
  phone: string;
  isShortToCancel: boolean;
  isShortToMove: boolean;
  /** Within the time to think that follows a consultation. */
  isThinking: boolean;
  /** The practice has moved this visit itself. */
  movedByPractice: boolean;
  /** How late the session runs today, when it does. */
  lateMinutes: number | null;
}

/** The clinic is late or has moved the visit: then its notice does not bind the patient. */
function clinicChangedIt({ lateMinutes, movedByPractice }: Notice): boolean {
  return lateMinutes !== null || movedByPractice;
}

/** Whether a patient's cancellation now is recorded as late. It is never refused (P6). */
export function isLateCancel(notice: Notice, reason?: CancelReason): boolean {
  const isExcused = reason !== undefined && ALWAYS_GOOD.includes(reason);
  return notice.isShortToCancel && !isExcused && !notice.isThinking && !clinicChangedIt(notice);
}

/** Whether a patient may still change the time without calling. */
export function mayMoveAlone(notice: Notice): boolean {
  return !notice.isShortToMove || clinicChangedIt(notice);
}

/** The practice's policy, as people read it before they book and whenever they change something. */
export function noticeWords({ cancelHours, moveHours }: Pick<Notice, 'cancelHours' | 'moveHours'>): {
  move: string;
  cancel: string;
} {
  return {
    move:
      moveHours === 0
        ? 'You can change the time yourself until it begins.'
        : `You can change the time yourself until ${hours(moveHours)} before. After that, call the clinic.`,
    cancel:
      cancelHours === 0
        ? 'You can always cancel, and it is never noted as late.'
        : `You can always cancel. Less than ${hours(cancelHours)} before, it is noted as a late cancellation, unless you are ill or pregnant, are still in your time to think, or the clinic is late or has moved your visit.`,
  };
}

function hours(count: number): string {
  if (count % 24 === 0 && count > 24) return `${count / 24} days`;
  return count === 1 ? '1 hour' : `${count} hours`;
}
