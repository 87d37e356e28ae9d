import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { requirePatient } from '../care/patient-access.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';

export const cardForm = z.object({ treatmentId: z.uuid('Choose a card') });

/** A card is lost: its code opens nothing any more, not even to who has opened it already. */
export async function endCardCode(
  db: Db,
  actor: Actor,
  { treatmentId }: z.output<typeof cardForm>,
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { id: patientId } = await requirePatient(trx, actor);
    const { rows } = await sql<{ id: string }>`
      UPDATE document_code SET ended_at = app_now() WHERE treatment_id = ${treatmentId} AND patient_id = ${patientId} RETURNING id`.execute(
      trx,
    );
    if (rows[0] === undefined) throw new Refusal('not_found');
    await recordAudit(trx, {
      stream: { kind: 'patient', id: patientId },
      action: 'card.ended',
      subjectType: 'document_code',
      subjectId: rows[0].id,
    });
  });
}
