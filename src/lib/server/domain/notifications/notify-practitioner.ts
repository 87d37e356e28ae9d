import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import type { EventType } from '../shared/events.ts';
import type { Letter } from '../shared/letter.ts';
import { queueMail } from '../shared/queue-mail.ts';
import { transact } from '../shared/transact.ts';
import { findApplicantFacts, findPractitionerAddress } from './queries.ts';

/** What an applicant hears of, by event. The reason of a decision is read behind the sign-in, never in a letter. */
export const applicationEvents: readonly EventType[] = ['application.submitted', 'application.decided'];

/** Writes the applicant's letter about a case; once per event, however often it is delivered. */
export async function notifyApplicant(
  db: Db,
  publicUrl: URL,
  event: { id: string; type: EventType; caseId: string; payload: Readonly<Record<string, string>> },
): Promise<void> {
  const facts = await findApplicantFacts(db, event.caseId);
  if (facts === undefined) return;
  const link = new URL(paths.applications(), publicUrl).href;
  await transact(db, system, (trx) =>
    queueMail(trx, {
      kind: event.type === 'application.submitted' ? 'application_submitted' : 'application_decided',
      key: `event:${event.id}`,
      toName: facts.name,
      toAddress: facts.email,
      letter: applicationLetter(event, facts, link),
    }),
  );
}

/** Where an application stands. */
export function applicationLetter(
  { type, payload }: { type: EventType; payload: Readonly<Record<string, string>> },
  { place, isListed }: { place: string; isListed: boolean },
  link: string,
): Letter {
  if (type === 'application.submitted')
    return {
      subject: 'We have your application',
      opening: [
        `we have your application to be listed in ${place}. One reviewer looks each credential up at its source, a second one decides. You hear from us within 30 days.`,
      ],
      action: { text: 'See where it stands', href: link },
    };
  const subject = 'Your application is decided';
  if (payload.approved !== 'yes')
    return {
      subject,
      opening: [`your application to be listed in ${place} was not approved this time. You can answer it.`],
      action: { text: 'Read what the reviewer wrote', href: link },
    };
  return isListed
    ? {
        subject,
        opening: [`you are listed in ${place} from now on.`],
        action: { text: 'Your page, and your hours', href: link },
      }
    : {
        subject,
        opening: [
          `your credentials for ${place} are approved. One thing is still missing before you are listed.`,
        ],
        action: { text: 'See what is missing', href: link },
      };
}

/** When nobody can book with a practitioner any more whom nobody asked: it is told to them too, not only to their patients. */
export const stoppingEvents: readonly EventType[] = ['practitioner.suspended', 'practitioner.lapsed'];

/** Writes it; once per event, however often it is delivered. */
export async function notifyOfStop(
  db: Db,
  publicUrl: URL,
  event: { id: string; type: EventType; practitionerId: string },
): Promise<void> {
  const facts = await findPractitionerAddress(db, event.practitionerId);
  if (facts === undefined) return;
  const link = new URL(paths.applications(), publicUrl).href;
  await transact(db, system, (trx) =>
    queueMail(trx, {
      kind: 'listing_stopped',
      key: `event:${event.id}`,
      toName: facts.name,
      toAddress: facts.email,
      letter: stoppedLetter(event.type, link),
    }),
  );
}

/** What it means, and what can be done. Reasons are for a conversation, never for a letter. */
export function stoppedLetter(type: EventType, link: string): Letter {
  return type === 'practitioner.suspended'
    ? {
        subject: 'Your listing is on hold',
        opening: [
          'from now on nobody can book with you, and visits that have not begun are on hold. Your patients were told so, without a reason.',
          'A visit that has begun is yours to finish and to sign. Two reviewers together can let you back in.',
        ],
        action: { text: 'See where your listing stands', href: link },
        after: ['You may ask for the reason, and answer it: write to us.'],
      }
    : {
        subject: 'Your listing has ended for now',
        opening: [
          'something that your listing rests on has run out. Nobody can book with you, and visits that lie ahead are on hold. Your patients were told so, without a reason.',
          'Hand in what replaces it: once two people have looked at it you are listed again.',
        ],
        action: { text: 'See what has run out', href: link },
      };
}
