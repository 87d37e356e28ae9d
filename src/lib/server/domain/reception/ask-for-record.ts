import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { hashOfCode } from './claim-code.ts';
import { findPatientOfAccount, lockClaimByCode, markAsked } from './queries.ts';

/**
 * "The record behind this code is mine." It opens nothing yet: the desk sees photo identification first. Whatever does
 * not fit is refused in the same words, so that nobody learns whether there is such a record.
 */
export async function askForRecord(
  db: Db,
  actor: Actor,
  { code, dateOfBirth }: { code: string; dateOfBirth: string },
): Promise<void> {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  await transact(db, actor, async (trx) => {
    if ((await findPatientOfAccount(trx, accountId)) !== undefined) throw new Refusal('record_exists');
    const claim = await lockClaimByCode(trx, hashOfCode(code), dateOfBirth);
    if (claim === undefined) throw new Refusal('claim_not_found');
    await markAsked(trx, claim.id);
    await recordAudit(trx, {
      stream: { kind: 'patient', id: claim.patientId },
      action: 'record_claim.asked',
      subjectType: 'account',
      subjectId: accountId,
    });
  });
}
