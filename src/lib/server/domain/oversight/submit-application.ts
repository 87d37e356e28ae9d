import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { missingOf } from '../credentials/application-reads.ts';
import { lockOwnApplication } from '../practitioners/access.ts';
import type { Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { insertCase } from './queries.ts';

/**
 * Hands an application to the reviewers: the first one, another after a "no" with an answer to its reasons, or a renewal.
 * Refused while anything is missing (`application_incomplete`) or one is being checked (`application_under_review`).
 */
export async function submitApplication(
  db: Db,
  actor: Actor,
  { applicationId, note }: { applicationId: string; note: string },
): Promise<{ caseId: string }> {
  return transact(db, actor, async (trx) => {
    const application = await lockOwnApplication(trx, actor, applicationId);
    const missing = await missingOf(trx, application);
    if (missing.length > 0) throw new Refusal('application_incomplete', { details: { missing } });
    const { practitionerId, accountId, jurisdiction } = application;
    const { id: caseId } = await insertCase(trx, { id: practitionerId, accountId }, jurisdiction, note);
    await recordEvent(trx, {
      type: 'application.submitted',
      subjectType: 'vetting_case',
      subjectId: caseId,
      payload: {},
    });
    await recordAudit(trx, {
      stream: { kind: 'practitioner', id: practitionerId },
      action: 'application.submit',
      subjectType: 'vetting_case',
      subjectId: caseId,
    });
    return { caseId };
  });
}
