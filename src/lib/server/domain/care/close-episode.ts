import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requirePatient } from './patient-access.ts';
import {
  cancelVisitsToCome,
  closeEpisodeRow,
  findEpisodePrescriptions,
  isUnderTreatment,
  lockEpisode,
  withdrawConsents,
} from './patient-queries.ts';

/**
 * "No, thank you": the patient ends the road, silently and with no reason (P6). What was still to come is cancelled and
 * consent taken back, told in one event that no letter hangs on. The record stays readable.
 */
export async function closeEpisode(db: Db, actor: Actor, input: { episodeId: string }): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { id: patientId } = await requirePatient(trx, actor);
    const episode = await lockEpisode(trx, patientId, input.episodeId);
    if (episode === undefined) throw new Refusal('not_found');
    if (episode.state === 'closed') return;
    if (await isUnderTreatment(trx, episode.id)) throw new Refusal('treatment_under_way');
    await cancelVisitsToCome(trx, episode.id);
    await withdrawConsents(trx, await findEpisodePrescriptions(trx, episode.id));
    await closeEpisodeRow(trx, episode.id);
    await recordEvent(trx, {
      type: 'episode.closed',
      subjectType: 'episode',
      subjectId: episode.id,
      clinicId: episode.clinicId,
      payload: {},
    });
  });
}
