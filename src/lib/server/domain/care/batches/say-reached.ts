import type { Db } from '#lib/server/platform/db.ts';
import { recordPatientAudits } from '../../audit/record-audit.ts';
import type { Actor } from '../../shared/actor.ts';
import { Refusal } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import { requirePractitioner } from '../access.ts';
import { requirePatient } from '../patient-access.ts';
import { findOwnRecall, findRecalledOf, insertReach } from './queries.ts';

/** Injector or prescriber has talked with somebody whom a recall names, or has tried. */
export async function sayReached(
  db: Db,
  actor: Actor,
  input: { recallId: string; patientId: string; how: 'spoken' | 'not_reached'; words: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { id } = await requirePractitioner(trx, actor);
    const named = await findRecalledOf(trx, id);
    if (!named.some((one) => one.recallId === input.recallId && one.patientId === input.patientId))
      throw new Refusal('not_found');
    await insertReach(trx, input);
    await recordPatientAudits(trx, [input.patientId], {
      action: 'recall.reached',
      subjectType: 'batch_recall',
      subjectId: input.recallId,
    });
  });
}

/** The patient says that they have read it; once. */
export async function sayRead(db: Db, actor: Actor, recallId: string): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { id: patientId } = await requirePatient(trx, actor);
    const [own] = await findOwnRecall(trx, patientId, recallId);
    if (own === undefined) throw new Refusal('not_found');
    if (own.readAt === null) await insertReach(trx, { recallId, patientId, how: 'read', words: '' });
  });
}
