import type { Trx } from '#lib/server/platform/db.ts';
import { recordEvent } from '../shared/record-event.ts';
import { endUpcoming, findRecentlyTreated, type Upcoming } from './queries.ts';

/**
 * Ends what is not yet begun: appointments from tomorrow on are paused and wait to be resumed; those within a day, holds and
 * people in the waiting room are cancelled, because there is no time left to tell them twice (L2). Answers how many.
 */
export async function pauseUpcoming(trx: Trx, which: Upcoming): Promise<number> {
  const ended = await endUpcoming(trx, which);
  for (const { id, clinicId, was, state } of ended) {
    // Nobody but its visitor has heard of a hold.
    if (was === 'held') continue;
    const about = { subjectType: 'appointment', subjectId: id, clinicId };
    if (state === 'paused') await recordEvent(trx, { type: 'appointment.paused', ...about, payload: {} });
    else await recordEvent(trx, { type: 'appointment.cancelled', ...about, payload: { by: 'system' } });
  }
  return ended.length;
}

/** Everybody treated within the last 28 days is told how to get help now (L2). */
export async function tellRecentlyTreated(trx: Trx, practitionerId: string): Promise<void> {
  for (const { id, clinicId } of await findRecentlyTreated(trx, practitionerId))
    await recordEvent(trx, {
      type: 'appointment.help_changed',
      subjectType: 'appointment',
      subjectId: id,
      clinicId,
      payload: {},
    });
}
