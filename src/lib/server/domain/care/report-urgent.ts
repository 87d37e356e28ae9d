import type { Db } from '#lib/server/platform/db.ts';
import { answerOnce, keepAnswer, once } from '../booking/answer-once.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import type { Letter } from '../shared/letter.ts';
import { queueMail } from '../shared/queue-mail.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requirePatient } from './patient-access.ts';
import { findTreated, findTreatersOf, insertUrgentContact } from './patient-queries.ts';
import { recordVisitEvent } from './record-visit-event.ts';

/**
 * Something does not feel right: kept as a fact, whatever the calendar looks like (C2). Injector and prescriber find it
 * first on their desk, and each gets a letter, which names neither the patient nor what is wrong (P4).
 */
export async function reportUrgent(
  db: Db,
  links: { desk: string },
  actor: Actor,
  input: { treatmentId: string; message: string; phone: string; requestKey?: string },
): Promise<{ received: true }> {
  const { treatmentId, message, phone } = input;
  const request = once(accountOf(actor), input.requestKey, 'urgent', { treatmentId, message, phone });
  return answerOnce(db, request, () =>
    transact(db, actor, async (trx) => {
      const { id: patientId } = await requirePatient(trx, actor);
      const treated = await findTreated(trx, patientId, treatmentId, { underWay: true });
      if (treated === undefined) throw new Refusal('not_found');
      const contactId = await insertUrgentContact(trx, { patientId, treatmentId, message, phone });
      for (const { id, name, email } of await findTreatersOf(trx, treatmentId)) {
        await queueMail(trx, {
          kind: 'urgent_contact',
          key: `urgent:${contactId}:${id}`,
          toName: name,
          toAddress: email,
          letter: urgentLetter(links.desk),
        });
      }
      await recordVisitEvent(trx, treated, 'urgent_contact.received', {});
      const received = { received: true } as const;
      await keepAnswer(trx, request, received);
      return received;
    }),
  );
}

/** What calls injector and prescriber. It names neither the patient nor what is wrong. */
export function urgentLetter(desk: string): Letter {
  return {
    subject: 'Somebody needs your answer today',
    opening: [
      'somebody you look after writes that something does not feel right. Please read it and answer now.',
    ],
    action: { text: 'Read it and answer', href: desk },
  };
}
