import { paths } from '#lib/paths.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import type { Jurisdiction } from '../policy/codes.ts';
import { policyOf } from '../policy/reads.ts';
import { system } from '../shared/actor.ts';
import type { Letter } from '../shared/letter.ts';
import { queueMail } from '../shared/queue-mail.ts';
import { recordEvent } from '../shared/record-event.ts';
import { isRefusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { RUNGS, type Rung } from './urgent.ts';
import {
  findDeskAddresses,
  findDueSteps,
  findOperatorAddresses,
  findPractitionerAddress,
  findUrgentFacts,
  insertUrgentStep,
} from './urgent-queries.ts';

/**
 * Takes every urgent message that nobody has answered one step further, once its time has come: to the prescriber, to the
 * cover, to our operators. Step and letters are one transaction, and a step is written once: whoever runs this beside
 * another, or again after it was killed, neither loses nor repeats one.
 */
export async function climbUrgent(db: Db, publicUrl: URL): Promise<void> {
  const failed = new Map<string, unknown>();
  // After a standstill several may be due for one message: each is told, in order.
  for (let round = 0; round < RUNGS.length; round += 1) {
    const due = (await findDueSteps(db)).filter(({ contactId }) => !failed.has(contactId));
    if (due.length === 0) break;
    for (const { contactId, nth } of due) {
      await transact(db, system, (trx) => climb(trx, publicUrl, contactId, nth)).catch((error: unknown) => {
        // Somebody has answered meanwhile.
        if (isRefusal(error) && error.code === 'not_now') return;
        // One that cannot be told of does not keep the others waiting.
        failed.set(contactId, error);
      });
    }
  }
  const [first] = failed.values();
  if (first !== undefined) throw first as Error;
}

async function climb(trx: Trx, publicUrl: URL, contactId: string, nth: number): Promise<void> {
  const step = await insertUrgentStep(trx, contactId, nth);
  if (step === undefined || step.rung === 'injector') return;
  const facts = await findUrgentFacts(trx, contactId);
  const link = (path: string) => new URL(path, publicUrl).href;
  const write = (to: { name: string; email: string }, letter: Letter) =>
    queueMail(trx, {
      kind: 'urgent_climbed',
      key: `urgent:${contactId}:${nth}:${to.email}`,
      toName: to.name,
      toAddress: to.email,
      letter,
    });

  if (step.practitionerId !== null)
    await write(
      await findPractitionerAddress(trx, step.practitionerId),
      climbedLetters.practitioner(step.rung, link(paths.deskUrgent())),
    );
  if (step.rung === 'cover') {
    for (const { email } of await findDeskAddresses(trx, facts.clinicId))
      await write({ name: 'everybody at the desk', email }, climbedLetters.desk(step));
    if (facts.patientEmail !== null) {
      const policy = await policyOf(
        trx,
        facts.jurisdiction as Jurisdiction,
        (await appNow(trx)).toZonedDateTimeISO('UTC').toPlainDate(),
      );
      await write(
        { name: facts.patientName, email: facts.patientEmail },
        climbedLetters.patient(step, policy.emergency_number, link(paths.myUrgent(facts.appointmentId))),
      );
    }
  }
  if (step.rung === 'operator') {
    for (const { email } of await findOperatorAddresses(trx))
      await write({ name: 'operator', email }, climbedLetters.operator(link(paths.staffUrgent())));
  }
  await recordEvent(trx, {
    type: 'urgent_contact.climbed',
    subjectType: 'urgent_contact',
    subjectId: contactId,
    clinicId: facts.clinicId,
    payload: { to: step.rung },
  });
}

const TO_PRACTITIONER: Readonly<Record<Exclude<Rung, 'injector'>, string>> = {
  prescriber:
    'somebody whom you have seen has written that something does not feel right, and nobody has answered yet.',
  cover:
    'you are named as the cover for a colleague. Somebody whom they have seen has written that something does not feel right, and nobody has answered in time.',
  operator: '',
};

interface Cover {
  name: string | null;
  phone: string | null;
}

/** What each reads of a message that nobody has answered in time. */
export const climbedLetters = {
  practitioner: (rung: Exclude<Rung, 'injector'>, page: string): Letter => ({
    subject: 'Somebody still waits for an answer',
    opening: [TO_PRACTITIONER[rung]],
    action: { text: 'Read it and answer now', href: page },
  }),
  desk: ({ name, phone }: Cover): Letter => ({
    subject: 'Somebody still waits for an answer',
    opening: [
      'a patient of your clinic has written that something does not feel right, and nobody has answered in time.',
      `Please call ${name} now, on ${phone}, and who saw the patient last: the message is on their desk.`,
    ],
  }),
  patient: ({ name, phone }: Cover, emergencyNumber: string, page: string): Letter => ({
    subject: 'Please call: nobody has answered yet',
    opening: [
      `we are sorry: nobody has answered what you wrote. Please call ${name} on ${phone}.`,
      `If it gets worse, or if breathing, swallowing, speaking or seeing is hard, call ${emergencyNumber} now.`,
    ],
    action: { text: 'Whom we have told, and when', href: page },
  }),
  operator: (page: string): Letter => ({
    subject: 'Nobody has answered an urgent message',
    opening: ['neither who saw the patient, nor their colleagues, nor the cover has answered in time.'],
    action: { text: 'Take it on now', href: page },
  }),
};
