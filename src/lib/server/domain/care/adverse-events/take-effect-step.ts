import type { Db } from '#lib/server/platform/db.ts';
import { recordPatientAudits } from '../../audit/record-audit.ts';
import type { Actor } from '../../shared/actor.ts';
import { recordEvent } from '../../shared/record-event.ts';
import { Refusal } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import { requirePractitioner } from '../access.ts';
import type { EffectStepInput } from './input.ts';
import { findEffects, insertEffectStep } from './queries.ts';

/**
 * What was done about an unwanted effect: who looked after it, the open talk, the report to the authority, how it ended.
 * What closing takes, and that only addenda follow, is held by `adverse_event_step_take()`.
 */
export async function takeEffectStep(
  db: Db,
  actor: Actor,
  eventId: string,
  step: EffectStepInput,
): Promise<void> {
  await transact(db, actor, async (trx) => {
    await requirePractitioner(trx, actor);
    const [effect] = await findEffects(trx, { eventId });
    if (effect === undefined) throw new Refusal('not_found');
    await insertEffectStep(trx, eventId, step);
    await recordPatientAudits(trx, [effect.patientId], {
      action: 'adverse_event.stepped',
      subjectType: 'adverse_event',
      subjectId: eventId,
    });
    await recordEvent(trx, {
      type: 'adverse_event.stepped',
      subjectType: 'adverse_event',
      subjectId: eventId,
      clinicId: effect.clinicId,
      payload: { step: step.kind },
    });
  });
}
