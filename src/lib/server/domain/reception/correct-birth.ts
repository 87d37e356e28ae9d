import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireDesk, requirePerson } from './access.ts';
import { findDeskPractices, findKnownClinic, insertBirthCorrection } from './queries.ts';
import { requireAdult } from './book-for-patient.ts';

/**
 * Puts right the date of birth of somebody whom a desk entered and nobody has seen yet, with all their visits to come.
 * Refused when it would make them under age (`under_age`), and once they have been seen or look after their own record
 * (`birth_settled`). What was and what became of it stays written down.
 */
export async function correctBirth(
  db: Db,
  actor: Actor,
  { patientId, dateOfBirth, knownBy }: { patientId: string; dateOfBirth: string; knownBy: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    const person = await requirePerson(trx, desk, patientId);
    const clinicId = await findKnownClinic(trx, desk.clinicIds, patientId);
    const practices = await findDeskPractices(trx, desk.clinicIds);
    for (const practice of practices.filter((one) => one.clinicId === clinicId))
      requireAdult(dateOfBirth, practice);
    if (clinicId === undefined) throw new Refusal('not_found');
    if (person.dateOfBirth === dateOfBirth) return;
    const id = await insertBirthCorrection(trx, { patientId, clinicId, dateOfBirth, knownBy });
    await recordAudit(trx, {
      stream: { kind: 'patient', id: patientId },
      action: 'person.birth_corrected',
      subjectType: 'birth_correction',
      subjectId: id,
      detail: { knownBy },
    });
  });
}
