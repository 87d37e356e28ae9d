import type { Db, Queryable, Trx } from '#lib/server/platform/db.ts';
import { recordAudits } from '../audit/record-audit.ts';
import { factsOf } from '../policy/codes.ts';
import { publicWording } from '../policy/shared-wording.ts';
import { findBannedTerms } from '../policy/terms.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatCalendarDate, formatDate, formatDateTime } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import * as rows from './queries.ts';
import {
  ANSWERS,
  answersTo,
  countAnswers,
  LEAST_FOR_SHARES,
  MAY,
  QUESTION_NAMES,
  QUESTIONS,
  REASON_WORDS,
  STATE_WORDS,
  STEP_WORDS,
  type Answers,
  type StepKind,
} from './review.ts';

/** Staff read one clock, whoever and wherever they are. */
const STAFF_ZONE = 'Europe/London';
const REVIEWS_ON_A_PAGE = 10;
/** A word that cannot stay goes back the same day (L7). */
const HOURS_TO_MODERATE = 24;

const VISITS: Readonly<Record<string, string>> = {
  consultation: 'Consultation',
  treatment: 'Visit',
  follow_up: 'Review visit',
};

function accountIn(actor: Actor): string {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  return accountId;
}

/** The questions, with what may be answered to each, for the form. */
function questions() {
  return QUESTION_NAMES.map((name) => ({
    name,
    asked: QUESTIONS[name].asked,
    options: answersTo(name).map((value) => ({ value, label: ANSWERS[value] })),
  }));
}

/** What somebody answered, question by question. */
function answersShown(answers: Answers) {
  return QUESTION_NAMES.map((name) => ({ term: QUESTIONS[name].said, detail: ANSWERS[answers[name]] }));
}

// Who wrote it

/** The page of one's own visit on which a review is written, or followed. */
export async function readReviewPage(db: Db, actor: Actor, appointmentId: string) {
  const accountId = accountIn(actor);
  return transact(db, actor, async (trx) => {
    const visit = await rows.findOwnVisit(trx, accountId, appointmentId);
    if (visit === undefined) throw new Refusal('not_found');
    const [row] = await rows.findReviews(trx, { appointmentId });
    return {
      appointmentId,
      name: visit.name,
      slug: visit.slug,
      visit: `${VISITS[visit.kind] ?? 'Visit'} on ${formatDate(visit.during.start!, visit.timeZone)}`,
      place: factsOf(visit.jurisdiction).name,
      jurisdiction: visit.jurisdiction,
      isKept: visit.isKept,
      isAllowed: visit.isAllowed,
      questions: questions(),
      review: row === undefined ? null : await ownShown(trx, row),
    };
  });
}

/** What who wrote it sees of each step; what reviewers say among themselves stays there. */
const OPEN_STEPS: readonly StepKind[] = [
  'written',
  'published',
  'returned',
  'reworded',
  'refused',
  'withdrawn',
  'reply_published',
];

async function ownShown(trx: Trx, row: rows.ReviewRow) {
  const steps = (await rows.findSteps(trx, row.id)).filter(({ kind }) => OPEN_STEPS.includes(kind));
  const returned = row.state === 'returned' ? steps.findLast(({ kind }) => kind === 'returned') : undefined;
  const [published] = await rows.findPublishedReviews(trx, row.practitionerId, {
    reviewId: row.id,
    most: 1,
    from: 0,
  });
  return {
    state: row.state,
    stateText: STATE_WORDS[row.state],
    words: row.words,
    answers: answersShown(row),
    reply: published?.reply ?? null,
    steps: steps.map(({ kind, reason, words, takenAt }) => ({
      title: STEP_WORDS[kind],
      at: formatDateTime(takenAt, row.timeZone),
      why: reason === null ? '' : `${REASON_WORDS[reason]}.`,
      words: kind === 'reworded' ? '' : words,
    })),
    returned:
      returned === undefined ? null : { why: REASON_WORDS[returned.reason!], proposal: returned.words },
    mayWithdraw: MAY.withdraw.includes(row.state),
  };
}

/** The reviews of an account, and the visits that it could still write about. */
export async function readMyReviews(db: Db, actor: Actor) {
  const accountId = accountIn(actor);
  return transact(db, actor, async (trx) => ({
    reviews: (await rows.findReviews(trx, { writtenBy: accountId })).map((row) => ({
      appointmentId: row.appointmentId,
      about: row.practitionerName,
      visited: formatCalendarDate(row.visitedOn),
      state: STATE_WORDS[row.state],
      isYourMove: row.state === 'returned',
    })),
    visits: (await rows.findReviewable(trx, accountId)).map(({ id, name, start, timeZone }) => ({
      id,
      name,
      date: formatDate(start, timeZone),
    })),
  }));
}

// Everybody

/**
 * What a public page shows of the reviews of a practitioner: all that are published, the latest first, with how many there
 * are of each kind. Nothing, where the law of one of their places allows none (L5). Shares only from
 * `LEAST_FOR_SHARES` on. Two queries; one where there is nothing.
 */
export async function readPublicReviews(db: Queryable, practitionerId: string, page: number) {
  const counted = await rows.countReviews(db, practitionerId);
  if (!counted.isShown) return null;
  const pages = Math.max(1, Math.ceil(counted.published / REVIEWS_ON_A_PAGE));
  const at = Math.min(page, pages);
  const found =
    counted.published === 0
      ? []
      : await rows.findPublishedReviews(db, practitionerId, {
          most: REVIEWS_ON_A_PAGE,
          from: (at - 1) * REVIEWS_ON_A_PAGE,
        });
  return {
    published: counted.published,
    returned: counted.returned,
    refused: counted.refused,
    least: LEAST_FOR_SHARES,
    shares:
      counted.published < LEAST_FOR_SHARES
        ? []
        : countAnswers(counted.answers).map(({ question, ...counts }) => ({
            question,
            said: QUESTIONS[question].said,
            ...counts,
          })),
    page: at,
    pages,
    reviews: found.map((review) => ({
      id: review.id,
      visited: monthOf(review.visitedMonth),
      answers: answersShown(review),
      ...publicWords(review),
    })),
  };
}

/** Words are checked when written, by a reviewer, and once more here: rules may have changed since. */
function publicWords({ words, reply }: rows.PublishedReview) {
  const isLawful = (text: string) => findBannedTerms(text, publicWording).length === 0;
  return {
    words: isLawful(words) ? words : '',
    reply: reply !== null && isLawful(reply) ? reply : null,
  };
}

/** "November 2026": no day, so that nobody is found by it. */
function monthOf(date: string): string {
  return formatCalendarDate(date).replace(/^\d+ /, '');
}

// The practitioner

/** The published reviews of the acting practitioner, and what became of each reply. They read no more than everybody. */
export async function readDeskReviews(db: Db, actor: Actor, page: number) {
  const accountId = accountIn(actor);
  return transact(db, actor, async (trx) => {
    const practitioner = await rows.findReviewed(trx, accountId);
    if (practitioner === undefined) throw new Refusal('not_found');
    const shown = await readPublicReviews(trx, practitioner.id, page);
    const replies = new Map(
      (await rows.findReplies(trx, practitioner.id)).map((reply) => [reply.reviewId, reply]),
    );
    return {
      slug: practitioner.slug,
      isShown: practitioner.isShown,
      published: shown?.published ?? 0,
      returned: shown?.returned ?? 0,
      page: shown?.page ?? 1,
      pages: shown?.pages ?? 1,
      reviews: (shown?.reviews ?? []).map((review) => ({
        ...review,
        replyState: replies.get(review.id)?.replyState ?? 'none',
      })),
    };
  });
}

/** One published review, for its practitioner to reply to. */
export async function readDeskReview(db: Db, actor: Actor, reviewId: string) {
  const accountId = accountIn(actor);
  return transact(db, actor, async (trx) => {
    const practitioner = await rows.findReviewed(trx, accountId);
    const [review] =
      practitioner === undefined
        ? []
        : await rows.findPublishedReviews(trx, practitioner.id, { reviewId, most: 1, from: 0 });
    if (review === undefined) throw new Refusal('not_found');
    const reply = (await rows.findReplies(trx, practitioner!.id)).find((one) => one.reviewId === reviewId);
    const replyState = reply?.replyState ?? 'none';
    return {
      id: review.id,
      slug: practitioner!.slug,
      visited: monthOf(review.visitedMonth),
      words: review.words,
      answers: answersShown(review),
      replyState,
      reply: reply?.reply ?? '',
      returned:
        replyState === 'returned' ? { why: REASON_WORDS[reply!.reason!], proposal: reply!.proposal! } : null,
      mayReply: replyState === 'none' || replyState === 'returned',
    };
  });
}

// Moderation

/** What waits for a reviewer, the oldest first: reviews, and replies to published ones. */
export async function readReviewQueue(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) => {
    await requireReviewer(trx);
    const waiting = await rows.findReviews(trx, { toModerate: true });
    await auditReads(trx, waiting);
    return waiting
      .sort((a, b) => Temporal.Instant.compare(a.since, b.since))
      .map((row) => {
        const hours = Math.floor(row.now.since(row.since).total('hours'));
        return {
          id: row.id,
          isReply: row.state === 'published',
          about: row.practitionerName,
          place: `${row.clinicName}, ${row.place}`,
          words: row.words,
          hours,
          isLate: hours >= HOURS_TO_MODERATE,
        };
      });
  });
}

/** One review for a reviewer: all that was written and done, and what may be done. */
export async function readStaffReview(db: Db, actor: Actor, reviewId: string) {
  return transact(db, actor, async (trx) => {
    await requireReviewer(trx);
    const { moderates } = await rows.findModerator(trx, reviewId);
    const [row] = moderates ? await rows.findReviews(trx, { id: reviewId }) : [];
    if (row === undefined) throw new Refusal('not_found');
    await auditReads(trx, [row]);
    const steps = await rows.findSteps(trx, reviewId);
    const last = steps.findLast(({ kind }) =>
      ['written', 'published', 'returned', 'reworded', 'proposed'].includes(kind),
    );
    const proposal = last?.kind === 'proposed' && MAY.refuse.includes(row.state) ? last : undefined;
    const reply = steps.findLast(({ kind }) => kind === 'replied');
    return {
      id: row.id,
      about: row.practitionerName,
      slug: row.slug,
      clinicName: row.clinicName,
      place: row.place,
      visited: formatCalendarDate(row.visitedOn),
      written: formatDateTime(row.writtenAt, STAFF_ZONE),
      words: row.words,
      /** What the filter finds in it now; nothing, as a rule, for it was asked when it was written. */
      found: [...new Set(findBannedTerms(row.words, publicWording).map(({ text }) => text))],
      answers: answersShown(row),
      state: row.state,
      stateText:
        row.state === 'returned' ? 'Back with who wrote it, for the wording' : STATE_WORDS[row.state],
      mayPublish: MAY.publish.includes(row.state),
      mayReturn: MAY.return.includes(row.state),
      mayRefuse: MAY.refuse.includes(row.state),
      reply: reply === undefined ? null : reply.words,
      replyWaits: row.state === 'published' && row.replyState === 'waiting',
      proposal:
        proposal === undefined
          ? null
          : {
              reason: proposal.reason!,
              reasonText: REASON_WORDS[proposal.reason!],
              words: proposal.words,
              by: proposal.byName,
              isYours: proposal.takenBy === accountOf(actor),
            },
      steps: steps.map(({ kind, reason, words, takenBy, byName, takenAt }) => ({
        title:
          reason === null ? STEP_WORDS[kind] : `${STEP_WORDS[kind]}: ${REASON_WORDS[reason].toLowerCase()}`,
        // Who wrote it stays unnamed: what is decided does not hang on that.
        by: takenBy === row.writtenBy ? 'The patient' : byName,
        at: formatDateTime(takenAt, STAFF_ZONE),
        words,
      })),
    };
  });
}

async function requireReviewer(trx: Trx): Promise<void> {
  if (!(await rows.findModerator(trx, null)).isReviewer) throw new Refusal('not_found');
}

/** One line for each review that was shown to somebody else than who wrote it, in the stream of whose it is (P2). */
function auditReads(trx: Trx, found: readonly rows.ReviewRow[]): Promise<void> {
  return recordAudits(
    trx,
    found.map(({ id, patientId }) => ({
      stream: { kind: 'patient', id: patientId } as const,
      action: 'review.read',
      subjectType: 'review',
      subjectId: id,
    })),
  );
}
