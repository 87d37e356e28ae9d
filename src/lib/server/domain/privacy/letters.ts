import { paths } from '#lib/paths.ts';
import type { Trx } from '#lib/server/platform/db.ts';
import type { Letter } from '../shared/letter.ts';
import { queueMail } from '../shared/queue-mail.ts';

/** What somebody reads who has asked to be forgotten. There is no letter afterwards: then we have no address. */
export function forgettingLetter(day: string, link: string, isPractitioner = false): Letter {
  if (isPractitioner)
    return {
      subject: 'You asked us to forget you',
      opening: [
        `two members of our staff look at it first: whether it is you who asks, and whether somebody keeps the records of your patients. When both have agreed, and on ${day} at the earliest, your account, your page and what belongs to them are removed.`,
        'You hear from us before that day, or why we cannot do it. Until then you can change your mind.',
      ],
      action: { text: 'Take it back, or take a copy first', href: link },
      after: ['If you did not ask for this, take it back at once, choose a new password, and write to us.'],
    };
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

/** What a practitioner reads when two of the staff have agreed. It is the last letter about it. */
export function agreedLetter(day: string, link: string): Letter {
  return {
    subject: 'We forget you soon',
    opening: [
      `two members of our staff have looked at what you asked, and agree: from ${day} on your account, your page and what belongs to them are removed. The records of your patients go on saying who wrote them, as long as the law keeps them.`,
      'Until that day you can change your mind. This is the last letter that you get about it: afterwards we have no address to write to.',
    ],
    action: { text: 'Take it back, or take a copy first', href: link },
    after: ['If you did not ask for this, take it back at once, choose a new password, and write to us.'],
  };
}

/** What a practitioner reads whom we cannot forget now. */
export function refusedLetter(reason: string, link: string): Letter {
  return {
    subject: 'We have not forgotten you',
    opening: [
      'you asked us to forget you. We cannot do that now, and nothing was removed. This is why:',
      reason,
    ],
    action: { text: 'See what we hold about you', href: link },
    after: [
      'You may ask again when it is settled. If you think that we are wrong, write to us, or complain to the data protection authority of your country.',
    ],
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
  to: { name: string; email: string; isPractitioner: boolean },
  publicUrl: URL,
  day: string | null,
): Promise<void> {
  const link = new URL(paths.privacy(), publicUrl).href;
  await write(trx, to, day === null ? keptLetter(link) : forgettingLetter(day, link, to.isPractitioner));
}

type Named = { accountName: string; email: string };

/** Says to a practitioner that two of the staff have agreed, and from when on it is done. */
export async function writeAgreed(trx: Trx, to: Named, publicUrl: URL, day: string): Promise<void> {
  const link = new URL(paths.privacy(), publicUrl).href;
  await write(trx, { name: to.accountName, email: to.email }, agreedLetter(day, link));
}

/** Says to a practitioner why they cannot be forgotten now. */
export async function writeRefused(trx: Trx, to: Named, publicUrl: URL, reason: string): Promise<void> {
  const link = new URL(paths.privacy(), publicUrl).href;
  await write(trx, { name: to.accountName, email: to.email }, refusedLetter(reason, link));
}

async function write(trx: Trx, to: { name: string; email: string }, letter: Letter): Promise<void> {
  await queueMail(trx, { kind: 'account_forgetting', toName: to.name, toAddress: to.email, letter });
}
