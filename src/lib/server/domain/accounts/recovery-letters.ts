import type { Trx } from '#lib/server/platform/db.ts';
import type { Letter } from '../shared/letter.ts';
import { queueMail } from '../shared/queue-mail.ts';

/** What every address that we know of the account is told while somebody asks to be let in. */
export type RecoveryNews =
  /** How many have asked within a day, this one among them, and whether it is the last that we write of today. */
  | { readonly step: 'asked'; readonly lately: number; readonly isLast: boolean }
  | { readonly step: 'waiting'; readonly opens: string }
  | { readonly step: 'done' };

/** Tells every address that we know. The link stops it; there is none once it is done. */
export async function writeRecoveryNews(
  trx: Trx,
  to: { name: string; addresses: readonly string[]; link: string | null },
  news: RecoveryNews,
): Promise<void> {
  for (const address of to.addresses)
    await queueMail(trx, {
      kind: 'account_changed',
      toName: to.name,
      toAddress: address,
      letter: recoveryNewsLetter(news, to.link),
    });
}

/** What says that somebody asks to be let in, when that will be, or that they are. */
export function recoveryNewsLetter(news: RecoveryNews, link: string | null): Letter {
  if (news.step === 'done')
    return {
      subject: 'Your account was opened again',
      opening: [
        'after two members of our staff had seen who asked, and seven days in which nobody stopped it, your account was opened with a new password. Its second factor, recovery codes and sessions have ended, and it has the address that was given then.',
        'If that was not you, write to us at once.',
      ],
    };
  const stop = { text: 'It was not me: stop it', href: link! };
  if (news.step === 'asked')
    return {
      subject: 'Somebody asks to be let into your account',
      opening: [
        'somebody, perhaps you, told us that they have lost what opens your account. Nothing has changed. Two members of our staff will each want to see who it is.',
        ...(news.lately > 1
          ? [
              `It is request ${news.lately} for your account within a day. We look at each apart, and each is stopped by its own letter.`,
            ]
          : []),
      ],
      action: stop,
      after: [
        'If it was you, do nothing: we get in touch as you asked.',
        ...(news.isLast
          ? [
              'We write of no further request today. Before anybody is let in, you hear from us again, and have seven days to stop it.',
            ]
          : []),
      ],
    };
  return {
    subject: 'Your account will be opened again',
    opening: [
      `two members of our staff have seen somebody whom they take for you. On ${news.opens} that person can choose a new password for your account; whatever opened it before will end then.`,
      'If it is not you, stop it before then. One press is enough.',
    ],
    action: stop,
  };
}

/** The way in, for the new address alone. */
export function writeWayIn(
  trx: Trx,
  { name, email, link }: { name: string; email: string; link: string },
): Promise<boolean> {
  return queueMail(trx, {
    kind: 'account_reset',
    key: link,
    toName: name,
    toAddress: email,
    letter: wayInLetter(link),
  });
}

/** What leads somebody back into their account. */
export function wayInLetter(link: string): Letter {
  return {
    subject: 'You can choose a new password now',
    opening: [
      'the seven days are over, and nobody has stopped it: choose a new password for your account. Its address is this one from then on; its second factor, recovery codes and sessions end.',
    ],
    action: { text: 'Choose a new password', href: link },
    after: ['The link works once, for three days.'],
  };
}
