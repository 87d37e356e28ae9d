import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import { formatDate } from '../shared/dates.ts';
import { queueMail } from '../shared/queue-mail.ts';
import { transact } from '../shared/transact.ts';
import { findComplaintFacts } from './queries.ts';

type Facts = NonNullable<Awaited<ReturnType<typeof findComplaintFacts>>>;
type Lines = (facts: Facts, urgent: string) => string[];

/** What the person who complained is told of each step. Names nobody and says nothing of what it is about (P4). */
const toMaker: Readonly<Record<string, Lines>> = {
  made: () => [
    'what you told us is here, and so is everything that is on record about it at this moment. It changes nothing about your care: you can book, change and cancel as before.',
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
  triaged: (facts, urgent) => [
    'somebody at Steadyhand has read what you told us.',
    ...(facts.severity === 'high'
      ? [`If something about you does not feel right now, do not wait for us. Open this first:\n${urgent}`]
      : []),
  ],
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
const toPractice: Readonly<Record<string, Lines>> = {
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
function lastDay(by: Temporal.Instant, { timeZone }: Facts): string {
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
    const write = (to: { name: string; email: string }, lines: string[], page: string) =>
      queueMail(trx, {
        key: `event:${event.id}:${to.email}`,
        toName: to.name,
        toAddress: to.email,
        subject: 'About something that you can read on Steadyhand',
        body: [`Hello ${to.name},`, ...lines, `Read it here:\n${page}`, 'Steadyhand'].join('\n\n'),
      });
    const urgent = link(paths.urgent(facts.jurisdiction));
    const own = toMaker[step]?.(facts, urgent);
    if (own !== undefined) await write(facts, own, link(paths.myComplaint(event.complaintId)));
    const theirs = toPractice[step]?.(facts, urgent);
    for (const one of theirs === undefined ? [] : facts.practice)
      await write(one, theirs!, link(paths.deskComplaint(event.complaintId)));
  });
}
