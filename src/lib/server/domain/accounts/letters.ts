import type { Trx } from '#lib/server/platform/db.ts';
import type { Letter } from '../shared/letter.ts';
import { queueMail } from '../shared/queue-mail.ts';

type To = { name: string; email: string; link: string };

/**
 * The link that proves an address. It greets nobody by name: whoever typed one may be anybody, and would have us send a
 * stranger words of theirs.
 */
export function writeVerifyAddress(trx: Trx, { email, link }: Omit<To, 'name'>): Promise<boolean> {
  const letter = verifyAddressLetter(link);
  return queueMail(trx, { kind: 'account_verify', key: link, toName: '', toAddress: email, letter });
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

const NOT_YOU =
  'If that was not you, choose a new password at once (“I need a new password” stands below our sign-in form), and write to us.';

/** Whoever owns an account hears of every change of what opens it. */
export function writeFactorChanged(
  trx: Trx,
  { name, email, change }: { name: string; email: string; change: FactorChange },
): Promise<boolean> {
  const letter = factorChangedLetter(change);
  return queueMail(trx, { kind: 'account_changed', toName: name, toAddress: email, letter });
}

/** What says that the second step of signing in is another one. */
export function factorChangedLetter(change: FactorChange): Letter {
  return {
    subject: 'How you sign in has changed',
    opening: [`${FACTOR_CHANGES[change]} Everywhere else you were signed out.`, NOT_YOU],
  };
}

/** A code from the drawer was used: its owner should know, and see how many are left. */
export function writeRecoveryCodeUsed(
  trx: Trx,
  { name, email, left }: { name: string; email: string; left: number },
): Promise<boolean> {
  const letter = recoveryCodeLetter(left);
  return queueMail(trx, { kind: 'account_changed', toName: name, toAddress: email, letter });
}

/** What says that a recovery code was used. */
export function recoveryCodeLetter(left: number): Letter {
  return {
    subject: 'A recovery code was used',
    opening: [
      `somebody signed in to your account with one of your recovery codes. ${left} of them are left; under “Your account” you can make new ones.`,
      NOT_YOU,
    ],
  };
}

/** The link that makes a new address the account's. */
export function writeConfirmNewAddress(trx: Trx, { email, link }: Omit<To, 'name'>): Promise<boolean> {
  const letter = confirmNewAddressLetter(link);
  return queueMail(trx, { kind: 'account_verify', key: link, toName: '', toAddress: email, letter });
}

/** What asks for the proof of a new address. */
export function confirmNewAddressLetter(link: string): Letter {
  return {
    subject: 'Confirm your new e-mail address',
    opening: ['you asked to sign in with this address from now on. Please confirm that it is yours.'],
    action: { text: 'Confirm this address', href: link },
    after: ['The link works once, for 24 hours. If you did not ask for it, do nothing: nothing changes.'],
  };
}

/** The old address hears before anything has changed. */
export function writeAddressAsked(trx: Trx, { name, email }: Omit<To, 'link'>): Promise<boolean> {
  const letter = addressAskedLetter;
  return queueMail(trx, { kind: 'account_changed', toName: name, toAddress: email, letter });
}

/** What says that another address was asked for. */
export const addressAskedLetter: Letter = {
  subject: 'Another e-mail address was asked for',
  opening: [
    'somebody who is signed in to your account asked for another e-mail address. It changes when the new one is confirmed; you are told then.',
    NOT_YOU,
  ],
};

/** The old address can take it back. */
export function writeAddressChanged(trx: Trx, { name, email, link }: To): Promise<boolean> {
  const letter = addressChangedLetter(link);
  return queueMail(trx, { kind: 'account_changed', key: link, toName: name, toAddress: email, letter });
}

/** What says that the address is another one, and how to take that back. */
export function addressChangedLetter(link: string): Letter {
  return {
    subject: 'Your e-mail address was changed',
    opening: ['your account has another e-mail address now, and this one opens it no more.'],
    action: { text: 'That was not me: take it back', href: link },
    after: [
      'The link works for 7 days. It signs everybody out, and sends you a link for a new password. If it was you, do nothing.',
    ],
  };
}

/** Whoever owns an account hears of a new password. */
export function writePasswordChanged(trx: Trx, { name, email }: Omit<To, 'link'>): Promise<boolean> {
  const letter = passwordChangedLetter;
  return queueMail(trx, { kind: 'account_changed', toName: name, toAddress: email, letter });
}

/** What says that the password is another one. */
export const passwordChangedLetter: Letter = {
  subject: 'Your password was changed',
  opening: [
    'your account has a new password. Everywhere else you were signed out, and another e-mail address that was asked for and not confirmed is dropped.',
    NOT_YOU,
  ],
};
