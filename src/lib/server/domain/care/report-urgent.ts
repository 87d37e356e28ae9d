import type { Db } from '#lib/server/platform/db.ts';
import { wholePicture } from '#lib/server/platform/pictures.ts';
import { answerOnce, keepAnswer, once } from '../booking/answer-once.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import type { Letter } from '../shared/letter.ts';
import { queueMail } from '../shared/queue-mail.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requirePatient } from './patient-access.ts';
import { findTreated, findTreatersOf, insertUrgentContact, insertUrgentPhoto } from './patient-queries.ts';
import { recordVisitEvent } from './record-visit-event.ts';

/**
 * Something does not feel right: kept as a fact, whatever the calendar looks like (C2). Injector and prescriber find it
 * first on their desk, and each gets a letter, which names neither the patient nor what is wrong (P4). A photo is drawn anew,
 * without metadata; one that cannot be read keeps no message back, and the answer says so.
 */
export async function reportUrgent(
  db: Db,
  links: { desk: string },
  actor: Actor,
  input: { treatmentId: string; message: string; phone: string; photo?: File | null; requestKey?: string },
): Promise<Received> {
  const { treatmentId, message, phone } = input;
  const photo = input.photo ?? null;
  const drawn = photo === null ? null : await drawnAnew(photo);
  const request = once(accountOf(actor), input.requestKey, 'urgent', { treatmentId, message, phone });
  return answerOnce(db, request, () =>
    transact(db, actor, async (trx) => {
      const { id: patientId } = await requirePatient(trx, actor);
      const treated = await findTreated(trx, patientId, treatmentId, { underWay: true });
      if (treated === undefined) throw new Refusal('not_found');
      const contactId = await insertUrgentContact(trx, { patientId, treatmentId, message, phone });
      if (drawn !== null) await insertUrgentPhoto(trx, { contactId, patientId, bytes: drawn });
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
      const received: Received = {
        received: true,
        photo: photo === null ? 'none' : drawn === null ? 'unreadable' : 'kept',
      };
      await keepAnswer(trx, request, received);
      return received;
    }),
  );
}

/** A photo may weigh this much, and the form around it a little more. */
export const MOST_PHOTO_BYTES = 16 * 1024 * 1024;
type Received = { readonly received: true; readonly photo: 'none' | 'kept' | 'unreadable' };

async function drawnAnew(photo: File): Promise<Buffer | null> {
  if (photo.size > MOST_PHOTO_BYTES) return null;
  return (await wholePicture(Buffer.from(await photo.arrayBuffer())))?.bytes ?? null;
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
