import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { queueMail } from '../shared/queue-mail.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { memberEndedLetter } from './team-letters.ts';
import type { Membership } from './team.ts';
import { endMemberRow, findMembership } from './team-queries.ts';

/**
 * From now on somebody works at a clinic's desk no more: whoever runs the clinic ends it, and members leave themselves. The
 * next thing they ask finds no desk. Somebody has to remain who runs the clinic: `clinic_member_last_manager`.
 */
export async function endMember(db: Db, actor: Actor, membership: Membership): Promise<void> {
  await transact(db, actor, async (trx) => {
    const actorId = accountOf(actor);
    const member = actorId === null ? undefined : await findMembership(trx, actorId, membership);
    if (member === undefined) throw new Refusal('not_found');
    const { clinicId, accountId, role } = membership;
    const by = accountId === actorId ? 'member' : 'clinic';
    await endMemberRow(trx, membership);
    await recordAudit(trx, {
      stream: { kind: 'system' },
      action: 'clinic_member.ended',
      subjectType: 'account',
      subjectId: accountId,
      detail: { clinicId, role, by },
    });
    await recordEvent(trx, {
      type: 'clinic.member_ended',
      subjectType: 'clinic',
      subjectId: clinicId,
      clinicId,
      payload: { role, by },
    });
    if (by === 'clinic')
      await queueMail(trx, {
        kind: 'clinic_member_ended',
        toName: member.name,
        toAddress: member.email,
        letter: memberEndedLetter(member.clinicName, role),
      });
  });
}
