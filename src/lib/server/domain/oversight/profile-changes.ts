import type { Db, Trx } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { findWhoPractises, takeHighRiskStep } from '../practitioners/queries.ts';
import { recordProfileChange } from '../practitioners/record-profile-change.ts';
import type { Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireStaff } from './access.ts';
import { findProfileChange } from './profile-change-queries.ts';

/** The first of two reviewers looks at the source, and writes down what is to be found there. Nothing changes yet. */
export async function checkProfileChange(
  db: Db,
  actor: Actor,
  { changeId, finding }: { changeId: string; finding: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { practitionerId } = await changeToReview(trx, actor, changeId);
    await takeHighRiskStep(trx, changeId, 'checked', finding);
    await note(trx, practitionerId, changeId, 'profile.check');
  });
}

/**
 * The second reviewer decides. Accepted, it takes effect at once: search follows, and an old address leads to the new one.
 * The database refuses the first reviewer and whom it is about (L1).
 */
export async function decideProfileChange(
  db: Db,
  actor: Actor,
  { changeId, accept, reason }: { changeId: string; accept: boolean; reason: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { practitionerId, locationId } = await changeToReview(trx, actor, changeId);
    await takeHighRiskStep(trx, changeId, accept ? 'accepted' : 'rejected', reason);
    const concerned = locationId === null ? [practitionerId] : await findWhoPractises(trx, locationId);
    if (accept) for (const id of concerned) await recordProfileChange(trx, id);
    await recordEvent(trx, {
      type: 'profile_change.decided',
      subjectType: 'high_risk_change',
      subjectId: changeId,
      payload: {},
    });
    await note(trx, practitionerId, changeId, 'profile.decide', { accept });
  });
}

/** A change for a reviewer to work on; nobody works on his own (L1). */
async function changeToReview(trx: Trx, actor: Actor, changeId: string) {
  const accountId = await requireStaff(trx, actor, 'reviewer');
  const change = await findProfileChange(trx, changeId);
  if (change === undefined) throw new Refusal('not_found');
  if (change.askedBy === accountId) throw new Refusal('not_about_yourself');
  return change;
}

async function note(
  trx: Trx,
  practitionerId: string,
  changeId: string,
  action: 'profile.check' | 'profile.decide',
  detail: Record<string, boolean> = {},
): Promise<void> {
  await recordAudit(trx, {
    stream: { kind: 'practitioner', id: practitionerId },
    action,
    subjectType: 'high_risk_change',
    subjectId: changeId,
    detail,
  });
}
