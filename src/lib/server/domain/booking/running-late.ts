import type { Db, Trx } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireCloser } from './close-time.ts';
import {
  findSessions,
  findStillToCome,
  insertRunningLate,
  lockRunningLate,
  withdrawRunningLate,
  type Session,
} from './day-queries.ts';

export const LATE_MINUTES = [10, 20, 30] as const;
export type LateMinutes = (typeof LATE_MINUTES)[number];

/**
 * Today's session runs late: who is still to come today hears of it, and may change the time without the practice's
 * notice. Said again, the last word counts; the same word twice is said once.
 */
export async function sayRunningLate(
  db: Db,
  actor: Actor,
  input: Session & { minutes: LateMinutes },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    await requireCloser(trx, actor, input);
    const said = await lockRunningLate(trx, input);
    if (said?.minutes === input.minutes) return;
    if (said !== undefined) await withdrawRunningLate(trx, said.id);
    await insertRunningLate(trx, input);
    await tellWhoComes(trx, input, {
      type: 'appointment.running_late',
      payload: { minutes: String(input.minutes) },
    });
  });
}

/** Takes it back: the session is on time again. */
export async function sayOnTime(db: Db, actor: Actor, input: Session): Promise<void> {
  await transact(db, actor, async (trx) => {
    await requireCloser(trx, actor, input);
    const said = await lockRunningLate(trx, input);
    if (said === undefined) return;
    await withdrawRunningLate(trx, said.id);
    await tellWhoComes(trx, input, { type: 'appointment.on_time', payload: {} });
  });
}

/** Today's sessions for which the actor may speak, and what is said of them. */
export async function readSessions(db: Db, actor: Actor) {
  const accountId = accountOf(actor);
  const sessions = accountId === null ? [] : await findSessions(db, accountId);
  if (sessions.length === 0) throw new Refusal('not_found');
  return sessions;
}

type Said =
  | { type: 'appointment.running_late'; payload: { minutes: string } }
  | { type: 'appointment.on_time'; payload: Record<string, never> };

async function tellWhoComes(trx: Trx, session: Session, said: Said): Promise<void> {
  for (const { id, clinicId } of await findStillToCome(trx, session))
    await recordEvent(trx, { ...said, subjectType: 'appointment', subjectId: id, clinicId });
}
