import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnVisit } from './access.ts';
import { findSignedConsultation, insertAddendum } from './queries.ts';

/** Adds to a signed record: a note, or that it was entered in error, which closes the gate behind it (G5). */
export async function addAddendum(
  db: Db,
  actor: Actor,
  input: { appointmentId: string; kind: 'note' | 'entered_in_error'; text: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const visit = await lockOwnVisit(trx, actor, input.appointmentId, 'consultation');
    const consultation = await findSignedConsultation(trx, visit.id);
    if (consultation === undefined) throw new Refusal('not_now');
    await insertAddendum(trx, consultation.id, input.kind, input.text);
  });
}
