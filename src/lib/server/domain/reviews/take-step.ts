import type { Trx } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { recordEvent } from '../shared/record-event.ts';
import { insertStep } from './queries.ts';
import type { StepKind } from './review.ts';

/** Writes a step with its event and its line of the trail. Whose step it may be, and when, the database decides. */
export async function takeStep(
  trx: Trx,
  subject: { id: string; stream: { kind: 'patient' | 'practitioner'; id: string } },
  step: Parameters<typeof insertStep>[2],
): Promise<void> {
  await insertStep(trx, subject.id, step);
  await noteStep(trx, subject, step.kind);
}

/** What the others hear of a step, and what is written down about it: ids and codes. */
export async function noteStep(
  trx: Trx,
  { id, stream }: { id: string; stream: { kind: 'patient' | 'practitioner'; id: string } },
  step: StepKind,
): Promise<void> {
  await recordEvent(trx, {
    type: 'review.stepped',
    subjectType: 'review',
    subjectId: id,
    payload: { step },
  });
  await recordAudit(trx, { stream, action: `review.${step}`, subjectType: 'review', subjectId: id });
}
