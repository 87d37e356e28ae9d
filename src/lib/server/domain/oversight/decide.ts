import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { transact } from '../shared/transact.ts';
import { lockCaseToReview } from './access.ts';
import { decideRow } from './queries.ts';

/**
 * The second of the two people decides (L1). Approval writes what the practitioner may do, until the first credential behind
 * it ends (L3), and lifts a suspension. Who did the checks, and whether the evidence is whole, the database itself asks.
 */
export async function decideCase(
  db: Db,
  actor: Actor,
  { caseId, approve, reason }: { caseId: string; approve: boolean; reason: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { practitionerId } = await lockCaseToReview(trx, actor, caseId);
    await decideRow(trx, caseId, approve, reason);
    await recordEvent(trx, {
      type: 'application.decided',
      subjectType: 'vetting_case',
      subjectId: caseId,
      payload: { approved: approve ? 'yes' : 'no' },
    });
    if (approve)
      await recordEvent(trx, {
        type: 'practitioner.listed',
        subjectType: 'practitioner',
        subjectId: practitionerId,
        payload: {},
      });
    await recordAudit(trx, {
      stream: { kind: 'practitioner', id: practitionerId },
      action: 'vetting.decide',
      subjectType: 'vetting_case',
      subjectId: caseId,
      detail: { approve },
    });
  });
}
