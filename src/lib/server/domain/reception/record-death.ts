import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireDesk, requirePerson } from './access.ts';
import { insertDeath, undoDeath } from './queries.ts';

/**
 * Notes that somebody of the clinic has died. From that moment nobody is written to at their address, nor about them, and
 * what was on its way stays here.
 */
export async function recordDeath(
  db: Db,
  actor: Actor,
  { patientId, toldBy }: { patientId: string; toldBy: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    await requirePerson(trx, await requireDesk(trx, actor), patientId);
    const id = await insertDeath(trx, patientId, toldBy);
    await audit(trx, patientId, id, 'person.died');
  });
}

/** It was a mistake: letters go out again from now on. What was stopped meanwhile does not. */
export async function takeBackDeath(
  db: Db,
  actor: Actor,
  { patientId }: { patientId: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    await requirePerson(trx, await requireDesk(trx, actor), patientId);
    const id = await undoDeath(trx, patientId);
    if (id === undefined) throw new Refusal('not_now');
    await audit(trx, patientId, id, 'person.died_undone');
  });
}

function audit(trx: Parameters<typeof recordAudit>[0], patientId: string, id: string, action: string) {
  return recordAudit(trx, {
    stream: { kind: 'patient', id: patientId },
    action,
    subjectType: 'patient_death',
    subjectId: id,
  });
}
