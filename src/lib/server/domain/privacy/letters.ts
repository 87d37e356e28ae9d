import { paths } from '#lib/paths.ts';
import type { Trx } from '#lib/server/platform/db.ts';
import type { Letter } from '../shared/letter.ts';
import { queueMail } from '../shared/queue-mail.ts';

/** What somebody reads who has asked to be forgotten. There is no letter afterwards: then we have no address. */
export function forgettingLetter(day: string, link: string): Letter {
  return {
    subject: 'You asked us to forget you',
    opening: [
      `on ${day} your account and what belongs to it are removed. What the law makes the clinic keep is locked away until its time is over.`,
      'Until that day you can change your mind. This is the last letter that you get about it: afterwards we have no address to write to.',
    ],
    action: { text: 'Take it back, or take a copy first', href: link },
    after: ['If you did not ask for this, take it back at once, choose a new password, and write to us.'],
  };
}

/** What somebody reads who has changed their mind. */
export function keptLetter(link: string): Letter {
  return {
    subject: 'Your account stays',
    opening: ['you have taken back that we forget you. Nothing was removed.'],
    action: { text: 'See what we hold about you', href: link },
  };
}

/** Writes one of them to the account's address. */
export async function writeAboutForgetting(
  trx: Trx,
  to: { name: string; email: string },
  publicUrl: URL,
  day: string | null,
): Promise<void> {
  const link = new URL(paths.privacy(), publicUrl).href;
  await queueMail(trx, {
    kind: 'account_forgetting',
    toName: to.name,
    toAddress: to.email,
    letter: day === null ? keptLetter(link) : forgettingLetter(day, link),
  });
}
