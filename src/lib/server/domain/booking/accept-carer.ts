import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { acceptRow, findInvitation } from './carer-queries.ts';
import { hashOfInvitation } from './carers.ts';

/** Says yes to an invitation. Whatever does not fit is refused in the same words: nobody learns who was asked. */
export async function acceptCarer(db: Db, actor: Actor, { code }: { code: string }): Promise<void> {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  await transact(db, actor, async (trx) => {
    const invitation = await findInvitation(trx, hashOfInvitation(code), accountId);
    if (invitation === undefined) throw new Refusal('invitation_ended');
    await acceptRow(trx, invitation.id, accountId);
    await recordAudit(trx, {
      stream: { kind: 'patient', id: invitation.patientId },
      action: 'carer.accepted',
      subjectType: 'carer',
      subjectId: invitation.id,
    });
  });
}
