import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
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
      key: `event:${event.id}`,
      toName: facts.name,
      toAddress: facts.email,
      subject: 'A question for you in My care',
      body: [
        `Hello ${facts.name},`,
        `${facts.practitioner} has a question for you. Yes or no changes nothing about your care, and you can leave it unanswered:\n${link}`,
        'Steadyhand',
      ].join('\n\n'),
    }),
  );
}
