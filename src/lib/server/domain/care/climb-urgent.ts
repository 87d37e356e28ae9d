import { paths } from '#lib/paths.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import type { Jurisdiction } from '../policy/codes.ts';
import { policyOf } from '../policy/reads.ts';
import { system } from '../shared/actor.ts';
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
  const write = (to: { name: string; email: string }, subject: string, lines: readonly string[]) =>
    queueMail(trx, {
      key: `urgent:${contactId}:${nth}:${to.email}`,
      toName: to.name,
      toAddress: to.email,
      subject,
      body: [`Hello ${to.name},`, ...lines, 'Steadyhand'].join('\n\n'),
    });

  if (step.practitionerId !== null) {
    await write(
      await findPractitionerAddress(trx, step.practitionerId),
      'Somebody still waits for an answer',
      [TO_PRACTITIONER[step.rung], `Please read it and answer now:\n${link(paths.deskUrgent())}`],
    );
  }
  if (step.rung === 'cover') {
    for (const { email } of await findDeskAddresses(trx, facts.clinicId))
      await write({ name: 'everybody at the desk', email }, 'Somebody still waits for an answer', [
        'a patient of your clinic has written that something does not feel right, and nobody has answered in time.',
        `Please call ${step.name} now, on ${step.phone}, and who treated the patient: the message is on their desk.`,
      ]);
    if (facts.patientEmail !== null) {
      const policy = await policyOf(
        trx,
        facts.jurisdiction as Jurisdiction,
        (await appNow(trx)).toZonedDateTimeISO('UTC').toPlainDate(),
      );
      await write(
        { name: facts.patientName, email: facts.patientEmail },
        'Please call: nobody has answered yet',
        [
          `we are sorry: nobody has answered what you wrote. Please call ${step.name} on ${step.phone}.`,
          `If it gets worse, or if breathing, swallowing, speaking or seeing is hard, call ${policy.emergency_number} now.`,
          `Whom we have told, and when:\n${link(paths.myUrgent(facts.appointmentId))}`,
        ],
      );
    }
  }
  if (step.rung === 'operator') {
    for (const { email } of await findOperatorAddresses(trx))
      await write({ name: 'operator', email }, 'Nobody has answered an urgent message', [
        'neither who treated a patient, nor the prescriber, nor the cover has answered in time.',
        `Please take it on now:\n${link(paths.staffUrgent())}`,
      ]);
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
    'somebody whom you prescribed for has written that something does not feel right, and half of the time to answer is over.',
  cover:
    'you are named as the cover for a colleague. Somebody whom they treated has written that something does not feel right, and nobody has answered in time.',
  operator: '',
};
