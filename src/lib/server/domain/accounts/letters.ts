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

const FACTOR_CHANGES = {
  app_added: 'An authenticator app was added to your account. From now on signing in asks for its code.',
  app_removed: 'The authenticator app of your account was removed.',
  passkey_added: 'A passkey was added to your account.',
  passkey_removed: 'A passkey of your account was removed.',
  codes_renewed: 'New recovery codes were made for your account. Earlier ones work no more.',
} as const;

export type FactorChange = keyof typeof FACTOR_CHANGES;

/** Whoever owns an account hears of every change of what opens it. */
export function writeFactorChanged(
  trx: Trx,
  { name, email, change }: { name: string; email: string; change: FactorChange },
): Promise<void> {
  return queueMail(trx, {
    toName: name,
    toAddress: email,
    subject: 'How you sign in has changed',
    body: `Hello ${name},\n\n${FACTOR_CHANGES[change]} Everywhere else you were signed out.\n\nIf that was not you, choose a new password at once, and write to us.\n\nSteadyhand`,
  });
}

/** A code from the drawer was used: its owner should know, and see how many are left. */
export function writeRecoveryCodeUsed(
  trx: Trx,
  { name, email, left }: { name: string; email: string; left: number },
): Promise<void> {
  return queueMail(trx, {
    toName: name,
    toAddress: email,
    subject: 'A recovery code was used',
    body: `Hello ${name},\n\nsomebody signed in to your account with one of your recovery codes. ${left} of them are left; under “Your account” you can make new ones.\n\nIf that was not you, choose a new password at once, and write to us.\n\nSteadyhand`,
  });
}

/** The link that makes a new address the account's. */
export function writeConfirmNewAddress(trx: Trx, { name, email, link }: Letter): Promise<void> {
  return queueMail(trx, {
    key: link,
    toName: name,
    toAddress: email,
    subject: 'Confirm your new e-mail address',
    body: `Hello ${name},\n\nyou asked to sign in with this address from now on. Confirm that it is yours:\n\n${link}\n\nThe link works once, for 24 hours. If you did not ask for it, do nothing: nothing changes.\n\nSteadyhand`,
  });
}

/** The old address hears before anything has changed. */
export function writeAddressAsked(trx: Trx, { name, email }: Omit<Letter, 'link'>): Promise<void> {
  return queueMail(trx, {
    toName: name,
    toAddress: email,
    subject: 'Another e-mail address was asked for',
    body: `Hello ${name},\n\nsomebody who is signed in to your account asked for another e-mail address. It changes when the new one is confirmed; you are told then.\n\nIf that was not you, choose a new password at once.\n\nSteadyhand`,
  });
}

/** The old address can take it back. */
export function writeAddressChanged(trx: Trx, { name, email, link }: Letter): Promise<void> {
  return queueMail(trx, {
    key: link,
    toName: name,
    toAddress: email,
    subject: 'Your e-mail address was changed',
    body: `Hello ${name},\n\nyour account has another e-mail address now, and this one opens it no more.\n\nIf that was not you, take it back here, within 7 days:\n\n${link}\n\nThat signs everybody out, and sends you a link for a new password.\n\nSteadyhand`,
  });
}

/** Whoever owns an account hears of a new password. */
export function writePasswordChanged(trx: Trx, { name, email }: Omit<Letter, 'link'>): Promise<void> {
  return queueMail(trx, {
    toName: name,
    toAddress: email,
    subject: 'Your password was changed',
    body: `Hello ${name},\n\nyour account has a new password. Everywhere else you were signed out.\n\nIf that was not you, ask for a new password at once under “I need a new password”, and write to us.\n\nSteadyhand`,
  });
}
