import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import type { Letter } from '../shared/letter.ts';
import { queueMail } from '../shared/queue-mail.ts';
import { transact } from '../shared/transact.ts';
import { findReviewFacts } from './queries.ts';

/** What who wrote a review is told of each step. Names nobody and says nothing of what it is about (P4). */
export const toWriter: Readonly<Record<string, string>> = {
  published: 'what you wrote about a visit is published, word for word. Your name is not with it.',
  returned:
    'what you wrote about a visit cannot be published with these words. What cannot stay, why, and how it could be put is on your page. What you think of the visit can stay, good or bad.',
  refused: 'what you wrote about a visit is not published. Two people decided it; why is on your page.',
  reply_published: 'somebody has replied to what you wrote about a visit.',
};

/** What whom it is about is told. Never who wrote it. */
export const toPractitioner: Readonly<Record<string, string>> = {
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
    const write = async (to: { name: string; email: string }, letter: Letter | undefined) => {
      if (letter === undefined) return;
      await queueMail(trx, {
        kind: 'review_stepped',
        key: `event:${event.id}:${to.email}`,
        toName: to.name,
        toAddress: to.email,
        letter,
      });
    };
    const link = (path: string) => new URL(path, publicUrl).href;
    await write(facts, reviewLetter('writer', step, link(paths.myReview(facts.appointmentId))));
    await write(
      { name: facts.practitionerAccountName, email: facts.practitionerEmail },
      reviewLetter('practitioner', step, link(paths.deskReview(event.reviewId))),
    );
  });
}

/** What one side is told of a step; undefined when it is told nothing. */
export function reviewLetter(
  side: 'writer' | 'practitioner',
  step: string,
  link: string,
): Letter | undefined {
  const line = (side === 'writer' ? toWriter : toPractitioner)[step];
  if (line === undefined) return undefined;
  return {
    subject: side === 'writer' ? 'About what you wrote' : 'About a review of a visit to you',
    opening: [line],
    action: { text: 'Read it', href: link },
  };
}
