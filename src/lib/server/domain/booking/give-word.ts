import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { transact } from '../shared/transact.ts';
import { lockToDo } from './access.ts';
import { saveWord } from './day-queries.ts';

/** "I will come", or how late one will be. */
export type Word = { word: 'will_come' } | { word: 'late'; minutes: number };

/**
 * What the patient says about coming to a visit, or somebody at the desk who has heard it. It is of this visit at this
 * time: said again it is the same word, with the minutes said last; a visit that moves is asked about anew. Refused with
 * `not_now` when the visit is not to come, and `too_early` for lateness before the day.
 */
export async function giveWord(db: Db, actor: Actor, input: { appointmentId: string } & Word): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { appointment } = await lockToDo(trx, actor, 'giveWord', input);
    if (!(await saveWord(trx, appointment.id, input))) return;
    await recordEvent(trx, {
      type: 'appointment.word_given',
      subjectType: 'appointment',
      subjectId: appointment.id,
      clinicId: appointment.clinicId,
      payload: { word: input.word },
    });
  });
}

/** What is said about coming to a visit, for the desk; empty when nothing is. */
export function wordInWords(said: { willCome: boolean; saidLateMinutes: number | null }): string {
  if (said.saidLateMinutes !== null) return `Will be about ${said.saidLateMinutes} minutes late`;
  return said.willCome ? 'Will come' : '';
}
