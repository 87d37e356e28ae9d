import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockCaseToReview } from './access.ts';
import { countUnchecked, insertEvidence, setChecksComplete } from './queries.ts';

/**
 * The first of the two people: every current credential was checked at its source, whatever was found, and what was confirmed
 * becomes the evidence. From here on somebody else decides (L1).
 */
export async function completeChecks(db: Db, actor: Actor, { caseId }: { caseId: string }): Promise<void> {
  await transact(db, actor, async (trx) => {
    const vetting = await lockCaseToReview(trx, actor, caseId);
    if (vetting.state !== 'submitted') throw new Refusal('not_now');
    if ((await countUnchecked(trx, vetting)) > 0) throw new Refusal('checks_missing');
    await insertEvidence(trx, vetting);
    await setChecksComplete(trx, caseId);
    await recordAudit(trx, {
      stream: { kind: 'practitioner', id: vetting.practitionerId },
      action: 'vetting.complete_checks',
      subjectType: 'vetting_case',
      subjectId: caseId,
    });
  });
}
