import type { Db } from '#lib/server/platform/db.ts';
import { recordPatientAudits } from '../audit/record-audit.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireDesk } from './access.ts';
import { findClinicOfBoth, insertMerge, lockEntries, type Entry } from './queries.ts';

/**
 * "These two entries are one person", said by one member; another decides. Which one stays follows from what they
 * hold: the one that goes has neither a clinical record nor an account.
 */
export async function proposeMerge(
  db: Db,
  actor: Actor,
  { patientId, otherId }: { patientId: string; otherId: string },
): Promise<{ id: string }> {
  return transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    const [older, newer] = await lockEntries(trx, desk.clinicIds, [patientId, otherId]);
    if (older === undefined || newer === undefined) throw new Refusal('not_found');
    const clinicId = await findClinicOfBoth(trx, desk.clinicIds, older.id, newer.id);
    if (clinicId === undefined) throw new Refusal('not_found');
    // Ids are in the order of making: of two empty entries the older one stays.
    const going = [newer, older].find(isEmpty);
    if (going === undefined) throw new Refusal('merge_needs_prescriber');
    const keepId = going === newer ? older.id : newer.id;
    const id = await insertMerge(trx, { clinicId, keepId, otherId: going.id });
    await recordPatientAudits(trx, [keepId, going.id], {
      action: 'patient_merge.proposed',
      subjectType: 'patient_merge',
      subjectId: id,
    });
    return { id };
  });
}

function isEmpty({ hasRecord, hasAccount }: Entry): boolean {
  return !hasRecord && !hasAccount;
}
