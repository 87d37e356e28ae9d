import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import type { Letter } from '../shared/letter.ts';
import { queueMail } from '../shared/queue-mail.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { endRunOut, findOwnPatient, insertInvitation } from './carer-queries.ts';
import { hashOfInvitation, newInvitationCode } from './carers.ts';

/**
 * Asks somebody to look after the times of the patient's appointments. The letter says who asks and nothing of what
 * for; whether the address has an account is not told.
 */
export async function inviteCarer(
  db: Db,
  actor: Actor,
  linkOf: (code: string) => string,
  { email, getsLetters }: { email: string; getsLetters: boolean },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const accountId = accountOf(actor);
    const patient = accountId === null ? undefined : await findOwnPatient(trx, accountId);
    if (patient === undefined) throw new Refusal('not_found');
    const code = newInvitationCode();
    await endRunOut(trx, patient.id);
    const codeHash = hashOfInvitation(code);
    const { id } = await insertInvitation(trx, { patientId: patient.id, email, codeHash, getsLetters });
    await recordAudit(trx, {
      stream: { kind: 'patient', id: patient.id },
      action: 'carer.invited',
      subjectType: 'carer',
      subjectId: id,
    });
    await queueMail(trx, {
      kind: 'carer_invited',
      key: `carer:${id}`,
      toName: '',
      toAddress: email,
      patientId: patient.id,
      letter: invitationLetter(patient.name, linkOf(code)),
    });
  });
}

/** What asks somebody to help. It says nothing of what for. */
export function invitationLetter(patientName: string, link: string): Letter {
  return {
    subject: `${patientName} asks for your help`,
    opening: [
      `${patientName} asks you to help with appointments on Steadyhand. You would see when and where they are, and could book, change and cancel them. You would not see any record, and you could not agree to anything for them.`,
    ],
    action: { text: 'Say yes', href: link },
    after: [
      'You need an account with this e-mail address. The link works for 7 days. If you would rather not, or don’t know who this is, do nothing.',
    ],
  };
}
