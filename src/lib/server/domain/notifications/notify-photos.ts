import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import type { Letter } from '../shared/letter.ts';
import { queueMail } from '../shared/queue-mail.ts';
import { transact } from '../shared/transact.ts';
import { findPhotoFacts } from './queries.ts';

/** Tells a patient that there is a question to answer; what it is about is read behind the sign-in, never in a letter. */
export async function notifyOfPhotos(
  db: Db,
  publicUrl: URL,
  event: { id: string; treatmentId: string },
): Promise<void> {
  const facts = await findPhotoFacts(db, event.treatmentId);
  if (facts === undefined) return;
  const link = new URL(paths.myPhotos(), publicUrl).href;
  await transact(db, system, (trx) =>
    queueMail(trx, {
      kind: 'photos_asked',
      key: `event:${event.id}`,
      patientId: facts.patientId,
      toName: facts.name,
      toAddress: facts.email,
      letter: photosLetter(facts.practitioner, link),
    }),
  );
}

/** That there is a question. */
export function photosLetter(practitioner: string, link: string): Letter {
  return {
    subject: 'A question for you in My care',
    opening: [
      `${practitioner} has a question for you. Yes or no changes nothing about your care, and you can leave it unanswered.`,
    ],
    action: { text: 'Read the question', href: link },
  };
}
