import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import { formatDate } from '../shared/dates.ts';
import type { Letter } from '../shared/letter.ts';
import { queueMail } from '../shared/queue-mail.ts';
import { transact } from '../shared/transact.ts';
import { findComplaintFacts } from './queries.ts';

type Facts = NonNullable<Awaited<ReturnType<typeof findComplaintFacts>>>;
/** What the words of a letter are made from. */
export type ComplaintDays = Pick<Facts, 'severity' | 'acknowledgeBy' | 'answerBy' | 'timeZone'>;
type Lines = (facts: ComplaintDays) => string[];

/** What the person who complained is told of each step. Names nobody and says nothing of what it is about (P4). */
export const toMaker: Readonly<Record<string, Lines>> = {
  made: () => [
    'we have what you told us, with everything that is on record about it at this moment. It changes nothing about your care: you can book, change and cancel as before.',
  ],
  acknowledged: (facts) => [
    `the clinic has read what you told us, and looks into it. It answers by ${lastDay(facts.answerBy, facts)}.`,
  ],
  answered: () => [
    'the clinic has answered what you told us. If that is not enough, you can take it further.',
  ],
  not_acknowledged: () => [
    'the clinic did not reply in time to what you told us. Steadyhand has taken it on; you need to do nothing.',
  ],
  not_answered: () => [
    'the clinic did not answer in time what you told us. Steadyhand has taken it on; you need to do nothing.',
  ],
  taken_further: () => ['Steadyhand looks into what you told us, as you asked.'],
  triaged: () => ['somebody at Steadyhand has read what you told us.'],
  assigned: () => ['somebody at Steadyhand looks after what you told us from now on.'],
  proposed: () => ['what you told us is nearly decided. A second person reads it before we write to you.'],
  returned: () => ['we are still looking into what you told us.'],
  closed: () => [
    'what you told us is decided. What was found, why, and where you can go next is on your page.',
  ],
  settled: () => ['you told us that the answer is enough. There is nothing more to do.'],
  withdrawn: () => ['you have taken back what you told us. There is nothing more to do.'],
};

/** What the clinic and whom it is about are told of. */
export const toPractice: Readonly<Record<string, Lines>> = {
  made: (facts) => [
    `somebody has told us what went wrong at a visit. It is acknowledged by ${lastDay(facts.acknowledgeBy, facts)} and answered by ${lastDay(facts.answerBy, facts)}, or Steadyhand takes it on.`,
  ],
  not_acknowledged: () => [
    'something that waited for a reply of the clinic is with Steadyhand now. You can still answer.',
  ],
  not_answered: () => [
    'something that waited for an answer of the clinic is with Steadyhand now. You can still answer.',
  ],
  taken_further: () => [
    'something that was told to the clinic is with Steadyhand now. You can still answer.',
  ],
  closed: () => [
    'something that was told to us about a visit is decided. What was found, and why, is on your page.',
  ],
  settled: () => ['your answer was enough. There is nothing more to do.'],
  withdrawn: () => [
    'something that was told to us about a visit was taken back. There is nothing more to do.',
  ],
};

/** The last day that counts. */
function lastDay(by: Temporal.Instant, { timeZone }: ComplaintDays): string {
  return formatDate(by.subtract({ seconds: 1 }), timeZone);
}

/** Writes the letters about a step of a complaint; once per event, however often it is delivered. */
export async function notifyOfComplaint(
  db: Db,
  publicUrl: URL,
  event: { id: string; complaintId: string; payload: Readonly<Record<string, string>> },
): Promise<void> {
  const step = event.payload.step ?? '';
  await transact(db, system, async (trx) => {
    const facts = await findComplaintFacts(trx, event.complaintId);
    if (facts === undefined) return;
    const link = (path: string) => new URL(path, publicUrl).href;
    const write = (to: { name: string; email: string }, letter: Letter) =>
      queueMail(trx, {
        kind: 'complaint_stepped',
        key: `event:${event.id}:${to.email}`,
        toName: to.name,
        toAddress: to.email,
        letter,
      });
    const urgent = link(paths.urgent(facts.jurisdiction));
    const own = complaintLetter('maker', step, facts, {
      page: link(paths.myComplaint(event.complaintId)),
      urgent,
    });
    if (own !== undefined) await write(facts, own);
    const page = link(paths.deskComplaint(event.complaintId));
    const theirs = complaintLetter('practice', step, facts, { page, urgent });
    for (const one of theirs === undefined ? [] : facts.practice) await write(one, theirs!);
  });
}

/** What one side is told of a step; undefined when it is told nothing. */
export function complaintLetter(
  side: 'maker' | 'practice',
  step: string,
  facts: ComplaintDays,
  { page, urgent }: { page: string; urgent: string },
): Letter | undefined {
  const opening = (side === 'maker' ? toMaker : toPractice)[step]?.(facts);
  if (opening === undefined) return undefined;
  const isUrgent = side === 'maker' && step === 'triaged' && facts.severity === 'high';
  return {
    subject: side === 'maker' ? 'About what you told us' : 'About a visit, for you to read',
    opening: [
      ...opening,
      ...(isUrgent ? ['If something about you does not feel right now, do not wait for us.'] : []),
    ],
    action: isUrgent ? { text: 'Open this first', href: urgent } : { text: 'Read it', href: page },
    links: isUrgent ? [{ text: 'Read what was written', href: page }] : [],
  };
}
