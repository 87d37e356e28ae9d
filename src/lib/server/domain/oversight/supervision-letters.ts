import type { Trx } from '#lib/server/platform/db.ts';
import type { Letter } from '../shared/letter.ts';
import type { RequiredKind } from '../shared/letter-kinds.ts';
import { queueMail } from '../shared/queue-mail.ts';

/** A letter to one side of a supervision, in the transaction of what it tells. */
export async function writeAboutSupervision(
  trx: Trx,
  to: { name: string; email: string; id: string },
  kind: Extract<RequiredKind, `supervision_${string}`>,
  key: string,
  letter: Letter,
): Promise<void> {
  await queueMail(trx, { kind, key: `${key}:${to.id}`, toName: to.name, toAddress: to.email, letter });
}

/** The question whether two people work together. */
export function supervisionAsked(about: {
  from: string;
  place: string;
  injector: string;
  prescriber: string;
  link: string;
}): Letter {
  return {
    subject: 'Somebody asks to work with you',
    opening: [
      `${about.from} asks you to work together in ${about.place} on Steadyhand.`,
      `It means that ${about.injector} treats only what ${about.prescriber} has prescribed for a patient after seeing them.`,
    ],
    action: { text: 'Read what that means, and say yes or no', href: about.link },
  };
}

/** Two people work together until a day. */
export function supervisionAccepted(about: {
  injector: string;
  prescriber: string;
  place: string;
  until: string;
}): Letter {
  return {
    subject: 'You work together now',
    opening: [
      `${about.injector} and ${about.prescriber} work together in ${about.place} from now until ${about.until}. Either of you can end it at any time.`,
    ],
  };
}

/** Two people no longer work together. */
export function supervisionEnded(about: { injector: string; prescriber: string }): Letter {
  return {
    subject: 'You no longer work together',
    opening: [
      `${about.injector} and ${about.prescriber} no longer work together on Steadyhand. Visits that stood on it are on hold, and those patients have been told.`,
      'If you may not prescribe yourself, you are listed again once a prescriber has agreed to work with you.',
    ],
  };
}
