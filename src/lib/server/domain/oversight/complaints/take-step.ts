import type { Trx } from '#lib/server/platform/db.ts';
import { recordAudit } from '../../audit/record-audit.ts';
import { recordEvent } from '../../shared/record-event.ts';
import { Refusal } from '../../shared/refusal.ts';
import { findSubject, insertStep } from './queries.ts';

export type Subject = NonNullable<Awaited<ReturnType<typeof findSubject>>>;

/** A complaint that the actor may see; for anybody else it does not exist (P1). */
export async function requireComplaint(trx: Trx, complaintId: string): Promise<Subject> {
  const subject = await findSubject(trx, complaintId);
  if (subject === undefined) throw new Refusal('not_found');
  return subject;
}

/** Writes a step with its event and its line of the trail. Whose step it may be, and when, the database decides. */
export async function takeStep(
  trx: Trx,
  subject: Subject,
  step: Parameters<typeof insertStep>[2],
): Promise<void> {
  await insertStep(trx, subject.id, step);
  await noteStep(trx, subject, step.kind);
}

/** What the others hear of a step, and what is written down about it. */
export async function noteStep(
  trx: Trx,
  {
    id,
    patientId,
    practitionerId,
    clinicId,
  }: Pick<Subject, 'id' | 'patientId' | 'practitionerId' | 'clinicId'>,
  step: Parameters<typeof insertStep>[2]['kind'],
): Promise<void> {
  await recordEvent(trx, {
    type: 'complaint.stepped',
    subjectType: 'complaint',
    subjectId: id,
    clinicId,
    payload: { step },
  });
  await recordAudit(trx, {
    stream:
      patientId === null ? { kind: 'practitioner', id: practitionerId } : { kind: 'patient', id: patientId },
    action: `complaint.${step}`,
    subjectType: 'complaint',
    subjectId: id,
  });
}
