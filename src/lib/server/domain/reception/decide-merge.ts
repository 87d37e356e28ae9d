import type { Db, Trx } from '#lib/server/platform/db.ts';
import { recordPatientAudits } from '../audit/record-audit.ts';
import { openEpisode, setState } from '../booking/queries.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireDesk } from './access.ts';
import {
  decideMergeRow,
  insertForOther,
  joinEntries,
  lockEntries,
  lockMerge,
  lockOpenVisits,
} from './queries.ts';

/**
 * The second member joins two entries, or says that they are two people. The bookings of the one that goes are made
 * again for the one that stays, at the same times and in one transaction: nobody else can have them in between.
 */
export async function decideMerge(
  db: Db,
  actor: Actor,
  { mergeId, decision }: { mergeId: string; decision: 'merged' | 'declined' },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    const merge = await lockMerge(trx, desk.clinicIds, mergeId);
    if (merge === undefined) throw new Refusal('not_found');
    if (merge.state !== 'proposed') throw new Refusal('not_now');
    await lockEntries(trx, desk.clinicIds, [merge.keepId, merge.otherId]);
    await decideMergeRow(trx, mergeId, decision);
    if (decision === 'merged') {
      await handOver(trx, merge);
      await joinEntries(trx, merge);
    }
    await recordPatientAudits(trx, [merge.keepId, merge.otherId], {
      action: `patient_merge.${decision}`,
      subjectType: 'patient_merge',
      subjectId: mergeId,
    });
  });
}

async function handOver(trx: Trx, { keepId, otherId }: { keepId: string; otherId: string }): Promise<void> {
  for (const { blockSpan, ...visit } of await lockOpenVisits(trx, otherId)) {
    // What has begun, is on hold or was never closed is for people to end first.
    if (visit.state !== 'confirmed' || !visit.isToCome || blockSpan === null) {
      throw new Refusal('merge_visit_open');
    }
    // Nobody is written to: for the person nothing changes.
    await setState(trx, visit.id, { state: 'cancelled', cancelled_by: 'practice', reason: 'Entries joined' });
    const episodeId = await openEpisode(trx, keepId, visit.clinicId);
    await insertForOther(trx, { ...visit, blockSpan }, { patientId: keepId, episodeId });
  }
}
