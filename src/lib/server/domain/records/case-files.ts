import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { words } from '../shared/words.ts';
import { openingOf } from './opening.ts';

/** What the form asks for. */
export const caseFileForm = z.object({
  forWhom: z.enum(['insurer', 'regulator'], 'Choose for whom it is'),
  recipient: words(2, 160, 'Write who gets it'),
  reason: words(10, 2000, 'Write why, in a sentence at least'),
});

/** Makes a file for an insurer or a regulator of the practitioner's own part of a record. The patient will see it. */
export async function makeCaseFile(
  db: Db,
  actor: Actor,
  input: z.output<typeof caseFileForm> & { patientId: string },
): Promise<string> {
  return transact(db, actor, async (trx) => {
    const { scope } = await openingOf(trx, actor, input.patientId);
    if (scope.practitionerId === null) throw new Refusal('not_found');
    const { rows } = await sql<{ mine: boolean }>`
      SELECT EXISTS (SELECT FROM appointment a WHERE a.patient_id = ${input.patientId} AND a.state NOT IN ('held', 'expired')
        AND ${scope.practitionerId}::uuid IN (a.practitioner_id, a.prescriber_id)) AS mine`.execute(trx);
    if (!rows[0]!.mine) throw new Refusal('not_found');
    const { id } = await trx
      .insertInto('case_file')
      .values({
        patient_id: input.patientId,
        practitioner_id: scope.practitionerId,
        for_whom: input.forWhom,
        recipient: input.recipient,
        reason: input.reason,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await recordAudit(trx, {
      stream: { kind: 'patient', id: input.patientId },
      action: 'case_file.made',
      subjectType: 'case_file',
      subjectId: id,
    });
    return id;
  });
}
