import { paths } from '#lib/paths.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import { formatDay } from '../shared/dates.ts';
import { transact } from '../shared/transact.ts';
import { writeAppointmentLetters, type AppointmentLetter } from './appointment-letter.ts';
import {
  findDueReviewRequests,
  finishReviewRequest,
  lockReviewRequest,
  putOffReviewRequest,
} from './queries.ts';
import { afterTheNight } from './reminders.ts';

/** Letters of one run; what is due beyond that is written in the next. */
const MOST = 500;
/** Nobody is asked about a visit long ago. */
const USEFUL_DAYS = 14;

/** Asks the patients of visits that took place how they were, once each. One that fails keeps no other back. */
export async function askForReviews(db: Db, publicUrl: URL): Promise<void> {
  const failures: unknown[] = [];
  for (const appointmentId of await findDueReviewRequests(db, MOST)) {
    try {
      await transact(db, system, (trx) => ask(trx, publicUrl, appointmentId));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} questions failed`);
}

async function ask(trx: Trx, publicUrl: URL, appointmentId: string): Promise<void> {
  const found = await lockReviewRequest(trx, appointmentId);
  if (found === undefined) return;
  if (!found.hasAccount) return finishReviewRequest(trx, appointmentId, 'no_account');
  if (!found.isWanted) return finishReviewRequest(trx, appointmentId, 'not_needed');
  const last = found.dueAt.add({ hours: USEFUL_DAYS * 24 });
  if (Temporal.Instant.compare(found.now, last) > 0)
    return finishReviewRequest(trx, appointmentId, 'too_late');
  // The worker was away until now, and now it may be night.
  const byDay = afterTheNight(found.now, found.timeZone);
  if (Temporal.Instant.compare(found.now, byDay) < 0) return putOffReviewRequest(trx, appointmentId, byDay);
  const link = (path: string) => new URL(path, publicUrl).href;
  const outcome = await writeAppointmentLetters(
    trx,
    publicUrl,
    reviewQuestion({
      day: formatDay(found.start, found.timeZone),
      review: link(paths.myReview(appointmentId)),
      complain: link(paths.complain({ appointment: appointmentId })),
    }),
    { key: `review-request:${appointmentId}`, appointmentId, payload: {}, isForCarers: false },
  );
  const noted = { written: 'written', not_wanted: 'not_needed', no_address: 'no_account' } as const;
  await finishReviewRequest(trx, appointmentId, noted[outcome]);
}

/** Neutral, and both roads side by side: what is said in public, and what is looked into. */
export function reviewQuestion({
  day,
  review,
  complain,
}: {
  day: string;
  review: string;
  complain: string;
}): AppointmentLetter {
  return {
    kind: 'review_request',
    subject: 'How was your visit?',
    words: ({ who, phone }) => ({
      opening: [
        `you saw ${who} on ${day}. If you like, tell others how it was, good or bad, whatever came of it. We ask once, and you owe nobody an answer.`,
      ],
      action: { text: 'Tell others how it was', href: review },
      after: [
        'If something went wrong and should be put right, a complaint is the better road. It is never public, and somebody has to answer it.',
        `Neither changes anything about your care. If something does not feel right now, call ${phone}; in an emergency call the emergency services.`,
      ],
      links: [{ text: 'Say what went wrong', href: complain }],
    }),
  };
}
