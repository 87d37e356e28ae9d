import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import { queueMail } from '../shared/queue-mail.ts';
import { transact } from '../shared/transact.ts';
import { findReviewFacts } from './queries.ts';

/** What who wrote a review is told of each step. Names nobody and says nothing of what it is about (P4). */
const toWriter: Readonly<Record<string, string>> = {
  published: 'what you wrote about a visit is published, word for word. Your name is not with it.',
  returned:
    'what you wrote about a visit cannot be published with these words. What cannot stay, why, and how it could be put is on your page. What you think of the visit can stay, good or bad.',
  refused: 'what you wrote about a visit is not published. Two people decided it; why is on your page.',
  reply_published: 'somebody has replied to what you wrote about a visit.',
};

/** What whom it is about is told. Never who wrote it. */
const toPractitioner: Readonly<Record<string, string>> = {
  published: 'somebody has written about a visit to you, and it is published. You can reply, once.',
  reply_published: 'your reply is published.',
  reply_returned:
    'your reply cannot be published with these words. What cannot stay, why, and how it could be put is on its page.',
};

/** Writes the letters about a step of a review; once per event, however often it is delivered. */
export async function notifyOfReview(
  db: Db,
  publicUrl: URL,
  event: { id: string; reviewId: string; payload: Readonly<Record<string, string>> },
): Promise<void> {
  const step = event.payload.step ?? '';
  await transact(db, system, async (trx) => {
    const facts = await findReviewFacts(trx, event.reviewId);
    if (facts === undefined) return;
    const write = (to: { name: string; email: string }, line: string, path: string) =>
      queueMail(trx, {
        key: `event:${event.id}:${to.email}`,
        toName: to.name,
        toAddress: to.email,
        subject: 'About something that you can read on Steadyhand',
        body: [
          `Hello ${to.name},`,
          line,
          `Read it here:\n${new URL(path, publicUrl).href}`,
          'Steadyhand',
        ].join('\n\n'),
      });
    const own = toWriter[step];
    if (own !== undefined) await write(facts, own, paths.myReview(facts.appointmentId));
    const theirs = toPractitioner[step];
    if (theirs !== undefined)
      await write(
        { name: facts.practitionerName, email: facts.practitionerEmail },
        theirs,
        paths.deskReview(event.reviewId),
      );
  });
}
