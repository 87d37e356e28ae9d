import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireStaff } from './access.ts';
import { insertCase, lockPractitioner } from './queries.ts';

/** Opens a case about somebody known: a renewal, or the way back from a suspension. One open case at a time per place. */
export async function openCase(
  db: Db,
  actor: Actor,
  { practitionerId, jurisdiction }: { practitionerId: string; jurisdiction: string },
): Promise<{ caseId: string }> {
  return transact(db, actor, async (trx) => {
    await requireStaff(trx, actor, 'reviewer');
    const practitioner = await lockPractitioner(trx, practitionerId);
    if (practitioner === undefined) throw new Refusal('not_found');
    if (practitioner.accountId === accountOf(actor)) throw new Refusal('not_about_yourself');
    const { accountId } = practitioner;
    const { id: caseId } = await insertCase(trx, { id: practitionerId, accountId }, jurisdiction);
    await recordAudit(trx, {
      stream: { kind: 'practitioner', id: practitionerId },
      action: 'vetting.open',
      subjectType: 'vetting_case',
      subjectId: caseId,
    });
    return { caseId };
  });
}
