import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { hashOfInvitation, newInvitationCode } from '../booking/carers.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { queueMail } from '../shared/queue-mail.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { memberInvitedLetter } from './team-letters.ts';
import type { TeamRole } from './team.ts';
import { findClinicRun, insertInvitation, takeBackRow } from './team-queries.ts';

/**
 * Asks somebody to work at the desk of a clinic. Whoever runs the clinic may: `clinic_invitation_by_clinic`. Whether the
 * address has an account is not told.
 */
export async function inviteMember(
  db: Db,
  actor: Actor,
  linkOf: (code: string) => string,
  { clinicId, role, email }: { clinicId: string; role: TeamRole; email: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const accountId = accountOf(actor);
    const clinic = accountId === null ? undefined : await findClinicRun(trx, accountId, clinicId);
    if (clinic === undefined) throw new Refusal('not_found');
    const code = newInvitationCode();
    const { id } = await insertInvitation(trx, { clinicId, role, email, codeHash: hashOfInvitation(code) });
    await recordAudit(trx, {
      stream: { kind: 'system' },
      action: 'clinic_member.invited',
      subjectType: 'clinic',
      subjectId: clinicId,
      detail: { invitationId: id, role },
    });
    await recordEvent(trx, {
      type: 'clinic.member_invited',
      subjectType: 'clinic',
      subjectId: clinicId,
      clinicId,
      payload: { role },
    });
    await queueMail(trx, {
      kind: 'clinic_member_invited',
      key: `clinic-invitation:${id}`,
      toName: '',
      toAddress: email,
      letter: memberInvitedLetter(clinic.name, role, linkOf(code)),
    });
  });
}

/** Takes an invitation back that nobody has accepted. Its link opens nothing from then on. */
export async function takeBackInvitation(
  db: Db,
  actor: Actor,
  { invitationId }: { invitationId: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const accountId = accountOf(actor);
    const taken = accountId === null ? undefined : await takeBackRow(trx, accountId, invitationId);
    if (taken === undefined) throw new Refusal('not_found');
    await recordAudit(trx, {
      stream: { kind: 'system' },
      action: 'clinic_member.invitation_taken_back',
      subjectType: 'clinic',
      subjectId: taken.clinicId,
      detail: { invitationId, role: taken.role },
    });
  });
}
