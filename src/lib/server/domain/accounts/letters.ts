import type { Trx } from '#lib/server/platform/db.ts';
import { queueMail } from '../shared/queue-mail.ts';

type Letter = { name: string; email: string; link: string };

/** The link that proves an address. */
export function writeVerifyAddress(trx: Trx, { name, email, link }: Letter): Promise<void> {
  return queueMail(trx, {
    key: link,
    toName: name,
    toAddress: email,
    subject: 'Confirm your e-mail address',
    body: `Hello ${name},\n\nplease confirm that this address is yours, and choose a password:\n\n${link}\n\nThe link works once, for 24 hours. If you did not ask for an account, do nothing: without this step there is none.\n\nSteadyhand`,
  });
}

/** For the owner of an address with which somebody tried to register again. */
export function writeAddressTaken(trx: Trx, { name, email, link }: Letter): Promise<void> {
  return queueMail(trx, {
    toName: name,
    toAddress: email,
    subject: 'You already have an account',
    body: `Hello ${name},\n\nsomebody, perhaps you, tried to open an account with this address. It already has one, and nothing was changed. Sign in here, or ask there for a new password:\n\n${link}\n\nSteadyhand`,
  });
}

/** The link for a new password. */
export function writePasswordReset(trx: Trx, { name, email, link }: Letter): Promise<void> {
  return queueMail(trx, {
    key: link,
    toName: name,
    toAddress: email,
    subject: 'Choose a new password',
    body: `Hello ${name},\n\nchoose a new password here:\n\n${link}\n\nThe link works once, for 20 minutes, and signs you out everywhere. If you did not ask for it, do nothing.\n\nSteadyhand`,
  });
}
