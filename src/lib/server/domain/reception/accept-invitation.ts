import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { hashOfInvitation } from '../booking/carers.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { acceptRow, findInvitationTo } from './team-queries.ts';

/**
 * Says yes to working at a clinic's desk, and with it is a member. Whatever does not fit is refused in the same words:
 * nobody learns who was asked.
 */
export async function acceptInvitation(db: Db, actor: Actor, { code }: { code: string }): Promise<void> {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  await transact(db, actor, async (trx) => {
    const invitation = await findInvitationTo(trx, hashOfInvitation(code), accountId);
    if (invitation === undefined) throw new Refusal('invitation_ended');
    const { id, clinicId, role } = invitation;
    await acceptRow(trx, id, accountId);
    await recordAudit(trx, {
      stream: { kind: 'system' },
      action: 'clinic_member.accepted',
      subjectType: 'account',
      subjectId: accountId,
      detail: { clinicId, role },
    });
    await recordEvent(trx, {
      type: 'clinic.member_joined',
      subjectType: 'clinic',
      subjectId: clinicId,
      clinicId,
      payload: { role },
    });
  });
}
