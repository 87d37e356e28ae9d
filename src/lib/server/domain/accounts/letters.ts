import type { Trx } from '#lib/server/platform/db.ts';
import type { Letter } from '../shared/letter.ts';
import { queueMail } from '../shared/queue-mail.ts';

type To = { name: string; email: string; link: string };

/** The link that proves an address. */
export function writeVerifyAddress(trx: Trx, { name, email, link }: To): Promise<boolean> {
  const letter = verifyAddressLetter(link);
  return queueMail(trx, { kind: 'account_verify', key: link, toName: name, toAddress: email, letter });
}

/** For the owner of an address with which somebody tried to register again. */
export function writeAddressTaken(trx: Trx, { name, email, link }: To): Promise<boolean> {
  return queueMail(trx, {
    kind: 'account_taken',
    toName: name,
    toAddress: email,
    letter: addressTakenLetter(link),
  });
}

/** The link for a new password. */
export function writePasswordReset(trx: Trx, { name, email, link }: To): Promise<boolean> {
  const letter = passwordResetLetter(link);
  return queueMail(trx, { kind: 'account_reset', key: link, toName: name, toAddress: email, letter });
}

/** What asks for the proof of an address. */
export function verifyAddressLetter(link: string): Letter {
  return {
    subject: 'Confirm your e-mail address',
    opening: ['please confirm that this address is yours, and choose a password.'],
    action: { text: 'Confirm and choose a password', href: link },
    after: [
      'The link works once, for 24 hours. If you did not ask for an account, do nothing: without this step there is none.',
    ],
  };
}

/** What tells the owner of an account that somebody tried to open another one. */
export function addressTakenLetter(link: string): Letter {
  return {
    subject: 'You already have an account',
    opening: [
      'somebody, perhaps you, tried to open an account with this address. It already has one, and nothing was changed.',
    ],
    action: { text: 'Sign in, or ask there for a new password', href: link },
  };
}

/** What leads to a new password. */
export function passwordResetLetter(link: string): Letter {
  return {
    subject: 'Choose a new password',
    opening: ['somebody, perhaps you, asked for a new password for your account.'],
    action: { text: 'Choose a new password', href: link },
    after: [
      'The link works once, for 20 minutes, and signs you out everywhere. If you did not ask for it, do nothing.',
    ],
  };
}
