import type { Db, Trx } from '#lib/server/platform/db.ts';
import { span, type InstantRange } from '#lib/server/platform/instants.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { isRefusal, Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { answerOnce, keepAnswer, once } from './answer-once.ts';
import { cancelIn } from './cancel-appointment.ts';
import { changeIn, type Instead } from './change-practitioner.ts';
import {
  deleteClosure,
  findAffected,
  findCloser,
  findClosedPractitioners,
  insertClosure,
  type ClosedFor,
} from './closure-queries.ts';
import { moveIn } from './move-appointment.ts';
import { lockAppointment, type LockedAppointment } from './queries.ts';

export const CLOSURE_KINDS = ['leave', 'illness', 'training', 'holiday', 'emergency', 'other'] as const;
export type ClosureKind = (typeof CLOSURE_KINDS)[number];

/** Time that is to be closed. */
export interface TimeOff extends ClosedFor {
  from: Temporal.Instant;
  to: Temporal.Instant;
}

/** What becomes of one appointment in that time. */
export type Decision = { appointmentId: string } & (
  { do: 'cancel' } | { do: 'move'; start: Temporal.Instant } | ({ do: 'change' } & Instead)
);

const LONGEST_DAYS = 366;

/**
 * Closes time, with a decision about each appointment in it, all at once or not at all. A review that has gone stale,
 * because somebody has booked or cancelled meanwhile, is refused and changes nothing. Holds in that time end.
 */
export async function closeTime(
  db: Db,
  actor: Actor,
  input: TimeOff & { kind: ClosureKind; note?: string; decisions: readonly Decision[]; requestKey?: string },
): Promise<{ closureId: string }> {
  const { requestKey, ...asked } = input;
  const request = once(accountOf(actor), requestKey, 'close', asked);
  try {
    return await answerOnce(db, request, () =>
      transact(db, actor, async (trx) => {
        await requireCloser(trx, actor, input);
        await clear(trx, input);
        const { practitionerId, locationId, kind, note = '' } = input;
        const closureId = await insertClosure(trx, {
          practitionerId,
          locationId,
          time: timeOf(input),
          kind,
          note,
          accountId: accountOf(actor),
        });
        await tellScheduleChanged(trx, input);
        await keepAnswer(trx, request, { closureId });
        return { closureId };
      }),
    );
  } catch (error) {
    // Booked between our look and the closing: the guard of the database saw it.
    if (isRefusal(error, 'time_not_empty')) throw new Refusal('review_changed');
    throw error;
  }
}

/** Opens closed time again. */
export async function reopen(db: Db, actor: Actor, { closureId }: { closureId: string }): Promise<void> {
  await transact(db, actor, async (trx) => {
    const closure = await deleteClosure(trx, closureId);
    if (closure === undefined) throw new Refusal('not_found');
    await requireCloser(trx, actor, closure);
    await tellScheduleChanged(trx, closure, closure.span);
  });
}

/**
 * Who may close what: practitioners their own time, the desk of a clinic that of everybody at its locations.
 * For anybody else neither exists (P1). Answers with the time zone there.
 */
export async function requireCloser(db: Db | Trx, actor: Actor, whose: ClosedFor): Promise<string> {
  const accountId = accountOf(actor);
  if (accountId === null || (whose.practitionerId === null && whose.locationId === null))
    throw new Refusal('not_found');
  const { isSelf, keepsDesk, worksThere, timeZone } = await findCloser(db, accountId, whose);
  const isOwn = isSelf && (whose.locationId === null || worksThere);
  const isOfDesk = keepsDesk && (whose.practitionerId === null || worksThere);
  if (!isOwn && !isOfDesk) throw new Refusal('not_found');
  return timeZone;
}

/** The span of a closure, if it is one that can be. */
export function timeOf({ from, to }: Pick<TimeOff, 'from' | 'to'>) {
  if (Temporal.Instant.compare(from, to) >= 0) throw new Refusal('invalid_input', { field: 'to' });
  if (to.since(from).total('hours') > LONGEST_DAYS * 24) throw new Refusal('invalid_input', { field: 'to' });
  return span(from, to);
}

/** Does with each appointment what was decided. Those that only end go first: they may make room for the others. */
async function clear(trx: Trx, input: TimeOff & { decisions: readonly Decision[] }): Promise<void> {
  const affected = await findAffected(trx, input, timeOf(input));
  const visits = affected.filter(({ state }) => state !== 'held').map(({ id }) => id);
  const decisions = new Map(input.decisions.map((decision) => [decision.appointmentId, decision]));
  if (visits.length !== decisions.size || visits.some((id) => !decisions.has(id)))
    throw new Refusal('review_changed');

  const locked: LockedAppointment[] = [];
  for (const { id, state, during } of affected) {
    const appointment = (await lockAppointment(trx, id, null))!;
    // Cancelled, moved, or begun, between our look and our lock.
    const isAsSeen = appointment.state === state && appointment.during.start!.equals(during.start!);
    if (!isAsSeen) throw new Refusal('review_changed');
    locked.push(appointment);
  }
  for (const hold of locked.filter(({ state }) => state === 'held')) await cancelIn(trx, hold, 'practice');
  const decided = locked.flatMap((appointment) => {
    const decision = decisions.get(appointment.id);
    return decision === undefined ? [] : [{ appointment, decision }];
  });
  const ending = decided.filter(({ decision }) => decision.do === 'cancel');
  const moving = decided.filter(({ decision }) => decision.do !== 'cancel');
  for (const { appointment, decision } of [...ending, ...moving]) {
    try {
      if (decision.do === 'cancel') await cancelIn(trx, appointment, 'practice', { reasonCode: 'clinic' });
      else if (appointment.state === 'arrived') throw new Refusal('not_now');
      else if (decision.do === 'move') await moveIn(trx, appointment, decision.start, 'practice');
      else await changeIn(trx, appointment, decision, 'practice');
    } catch (error) {
      if (!isRefusal(error)) throw error;
      throw new Refusal(error.code, { field: `visit-${appointment.id}` });
    }
  }
}

async function tellScheduleChanged(trx: Trx, whose: ClosedFor, freed?: InstantRange): Promise<void> {
  for (const practitionerId of await findClosedPractitioners(trx, whose))
    await recordEvent(trx, {
      type: 'schedule.changed',
      subjectType: 'practitioner',
      subjectId: practitionerId,
      payload: freed
        ? {
            freedFrom: freed.start!.toString(),
            freedUntil: freed.end!.toString(),
            ...(whose.locationId !== null && { locationId: whose.locationId }),
          }
        : {},
    });
}
