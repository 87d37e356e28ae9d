import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireDesk } from './access.ts';
import { linkAccount, lockClaim, markGranted } from './queries.ts';

/** A member of the clinic has seen photo identification of who asked: from now on the record is that account's. */
export async function grantRecord(
  db: Db,
  actor: Actor,
  { claimId, idDocument }: { claimId: string; idDocument: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    const claim = await lockClaim(trx, desk.clinicIds, claimId);
    if (claim === undefined) throw new Refusal('not_found');
    if (claim.state !== 'asked' || claim.claimedBy === null) throw new Refusal('not_now');
    await markGranted(trx, claimId, idDocument);
    await linkAccount(trx, claim.patientId, claim.claimedBy);
    await recordAudit(trx, {
      stream: { kind: 'patient', id: claim.patientId },
      action: 'record_claim.granted',
      subjectType: 'account',
      subjectId: claim.claimedBy,
      detail: { idDocument },
    });
  });
}
