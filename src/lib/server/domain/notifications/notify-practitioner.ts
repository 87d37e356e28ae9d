import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import type { EventType } from '../shared/events.ts';
import { queueMail } from '../shared/queue-mail.ts';
import { transact } from '../shared/transact.ts';
import { findApplicantFacts } from './queries.ts';

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
      key: `event:${event.id}`,
      toName: facts.name,
      toAddress: facts.email,
      subject:
        event.type === 'application.submitted' ? 'Your application is here' : 'Your application is decided',
      body: [`Hello ${facts.name},`, ...linesOf(event, facts, link), 'Steadyhand'].join('\n\n'),
    }),
  );
}

function linesOf(
  { type, payload }: { type: EventType; payload: Readonly<Record<string, string>> },
  { place, isListed }: { place: string; isListed: boolean },
  link: string,
): string[] {
  if (type === 'application.submitted')
    return [
      `your application to be listed in ${place} is here. One reviewer looks each credential up at its source, a second one decides. You hear from us within 30 days.`,
      `See where it stands:\n${link}`,
    ];
  if (payload.approved !== 'yes')
    return [
      `your application to be listed in ${place} was not approved this time. What the reviewer wrote is here, and you can answer it:\n${link}`,
    ];
  return isListed
    ? [`you are listed in ${place} from now on. Your page, and your hours:\n${link}`]
    : [
        `your credentials for ${place} are approved. One thing is still missing before you are listed; what it is, is here:\n${link}`,
      ];
}
