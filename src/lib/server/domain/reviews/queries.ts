import { sql } from 'kysely';
import type { Queryable, Trx } from '#lib/server/platform/db.ts';
import type { Answer, Answers, Question, Reason, ReplyState, ReviewState, StepKind } from './review.ts';

const practitionerName = sql`concat_ws(' ', p.title, p.display_name)`;
/** The last step of review `r`, as `s`: what it is now. */
const lastStep = sql`LATERAL (SELECT * FROM review_step WHERE review_id = r.id ORDER BY nth DESC LIMIT 1) s`;
/** As it reads now: as written, or as put otherwise since. */
const wordsNow = sql`coalesce((SELECT w.words FROM review_step w WHERE w.review_id = r.id AND w.kind = 'reworded' ORDER BY w.nth DESC LIMIT 1), r.words)`;

/** Whose the review is and what it is about the database fills in. */
export async function insertReview(
  trx: Trx,
  appointmentId: string,
  review: Answers & { words: string },
): Promise<{ id: string; patientId: string }> {
  const { rows } = await sql<{ id: string; patientId: string }>`
    INSERT INTO review (appointment_id, patient_id, practitioner_id, clinic_id, jurisdiction, time_zone, visited_on,
      listened, explained_risks, free_to_say_no, clean_and_calm, easy_to_reach, words)
    SELECT a.id, a.patient_id, a.practitioner_id, a.clinic_id, a.jurisdiction, a.time_zone, lower(a.during)::date,
           ${review.listened}, ${review.explained_risks}, ${review.free_to_say_no}, ${review.clean_and_calm}, ${review.easy_to_reach}, ${review.words}
      FROM appointment a WHERE a.id = ${appointmentId}
    RETURNING id, patient_id AS "patientId"`.execute(trx);
  return rows[0]!;
}

/** A step; what follows from it the database writes beside it. */
export async function insertStep(
  trx: Trx,
  reviewId: string,
  step: { kind: StepKind; reason?: Reason; words?: string },
): Promise<void> {
  await sql`
    INSERT INTO review_step (review_id, nth, kind, state, reply_state, reason, words, taken_by, taken_at)
    VALUES (${reviewId}, 0, ${step.kind}, 'waiting', 'none', ${step.reason ?? null}, ${step.words ?? ''}, current_actor(), app_now())`.execute(
    trx,
  );
}

/** Somebody's own visit, whether it took place, and whether the law there allows public reviews. */
export async function findOwnVisit(db: Queryable, accountId: string, appointmentId: string) {
  const { rows } = await sql<{
    patientId: string;
    kind: string;
    during: { start: Temporal.Instant | null };
    timeZone: string;
    jurisdiction: string;
    name: string;
    slug: string;
    isKept: boolean;
    isAllowed: boolean;
  }>`
    SELECT t.id AS "patientId", a.kind, a.during, a.time_zone AS "timeZone", a.jurisdiction, ${practitionerName} AS name, p.slug,
           appointment_kept(a.id) AS "isKept", reviews_allowed(a.jurisdiction, app_now()::date) AS "isAllowed"
      FROM appointment a JOIN patient t ON t.id = a.patient_id JOIN practitioner p ON p.id = a.practitioner_id
     WHERE a.id = ${appointmentId} AND t.account_id = ${accountId} AND a.state NOT IN ('held', 'expired')`.execute(
    db,
  );
  return rows[0];
}

/** Visits of somebody that took place where reviews are allowed, and about which they wrote nothing yet; the latest first. */
export async function findReviewable(db: Queryable, accountId: string) {
  const { rows } = await sql<{ id: string; name: string; start: Temporal.Instant; timeZone: string }>`
    SELECT a.id, ${practitionerName} AS name, lower(a.during) AS start, a.time_zone AS "timeZone"
      FROM appointment a JOIN patient t ON t.id = a.patient_id JOIN practitioner p ON p.id = a.practitioner_id
     WHERE t.account_id = ${accountId} AND appointment_kept(a.id) AND reviews_allowed(a.jurisdiction, app_now()::date)
       AND NOT EXISTS (SELECT FROM review r WHERE r.appointment_id = a.id)
     ORDER BY lower(a.during) DESC LIMIT 50`.execute(db);
  return rows;
}

export type ReviewRow = Answers & {
  id: string;
  appointmentId: string;
  patientId: string;
  practitionerId: string;
  practitionerName: string;
  slug: string;
  clinicId: string;
  clinicName: string;
  jurisdiction: string;
  place: string;
  timeZone: string;
  visitedOn: string;
  writtenBy: string;
  writtenAt: Temporal.Instant;
  words: string;
  state: ReviewState;
  replyState: ReplyState;
  /** Since when it waits for whoever moves next. */
  since: Temporal.Instant;
  now: Temporal.Instant;
};

/** Which: row security lets through what the actor may see, and these ask what of it is wanted. */
type Wanted = { id: string } | { appointmentId: string } | { writtenBy: string } | { toModerate: true };

export async function findReviews(trx: Queryable, wanted: Wanted): Promise<ReviewRow[]> {
  const is =
    'id' in wanted
      ? sql`r.id = ${wanted.id}`
      : 'appointmentId' in wanted
        ? sql`r.appointment_id = ${wanted.appointmentId}`
        : 'writtenBy' in wanted
          ? sql`r.written_by = ${wanted.writtenBy}`
          : sql`(s.state = 'waiting' OR (s.state = 'published' AND s.reply_state = 'waiting'))`;
  const { rows } = await sql<ReviewRow>`
    SELECT r.id, r.appointment_id AS "appointmentId", r.patient_id AS "patientId", r.practitioner_id AS "practitionerId", ${practitionerName} AS "practitionerName", p.slug,
           r.clinic_id AS "clinicId", k.name AS "clinicName", r.jurisdiction, j.name AS place, r.time_zone AS "timeZone", r.visited_on AS "visitedOn",
           r.written_by AS "writtenBy", r.written_at AS "writtenAt", r.listened, r.explained_risks, r.free_to_say_no, r.clean_and_calm, r.easy_to_reach,
           ${wordsNow} AS words, s.state, s.reply_state AS "replyState", s.taken_at AS since, app_now() AS now
      FROM review r JOIN ${lastStep} ON true JOIN practitioner p ON p.id = r.practitioner_id JOIN clinic k ON k.id = r.clinic_id
      JOIN jurisdiction j ON j.code = r.jurisdiction
     WHERE ${is} ORDER BY r.written_at DESC, r.id`.execute(trx);
  return rows;
}

export async function findSteps(trx: Queryable, reviewId: string) {
  const { rows } = await sql<{
    kind: StepKind;
    reason: Reason | null;
    words: string;
    takenBy: string;
    byName: string;
    takenAt: Temporal.Instant;
  }>`
    SELECT s.kind, s.reason, s.words, s.taken_by AS "takenBy", b.display_name AS "byName", s.taken_at AS "takenAt"
      FROM review_step s JOIN account b ON b.id = s.taken_by WHERE s.review_id = ${reviewId} ORDER BY s.nth`.execute(
    trx,
  );
  return rows;
}

/** Whether the actor moderates at all, and this one in particular. */
export async function findModerator(db: Queryable, reviewId: string | null) {
  const { rows } = await sql<{ isReviewer: boolean; moderates: boolean }>`
    SELECT actor_reviews() AS "isReviewer", coalesce(review_moderated_by(${reviewId}::uuid, current_actor()), false) AS moderates`.execute(
    db,
  );
  return rows[0]!;
}

// What everybody may read

export type PublishedReview = Answers & {
  id: string;
  visitedMonth: string;
  publishedAt: Temporal.Instant;
  words: string;
  reply: string | null;
  repliedAt: Temporal.Instant | null;
};

/** Published reviews of a practitioner, the latest first. */
export async function findPublishedReviews(
  db: Queryable,
  practitionerId: string,
  { reviewId, most, from }: { reviewId?: string; most: number; from: number },
): Promise<PublishedReview[]> {
  const { rows } = await sql<PublishedReview>`
    SELECT id, visited_month AS "visitedMonth", published_at AS "publishedAt", listened, explained_risks, free_to_say_no, clean_and_calm, easy_to_reach,
           words, reply, replied_at AS "repliedAt"
      FROM published_reviews(${practitionerId})
     WHERE ${reviewId === undefined ? sql`true` : sql`id = ${reviewId}`}
     ORDER BY published_at DESC, id DESC LIMIT ${most} OFFSET ${from}`.execute(db);
  return rows;
}

/** Every review of a practitioner, counted. */
export async function countReviews(db: Queryable, practitionerId: string) {
  const { rows } = await sql<{
    isShown: boolean;
    published: number;
    returned: number;
    refused: number;
    answers: Partial<Record<Question, Partial<Record<Answer, number>>>>;
  }>`
    SELECT is_shown AS "isShown", published, returned, refused, answers FROM review_counts(${practitionerId})`.execute(
    db,
  );
  return rows[0]!;
}

// The practitioner's side

/** The practitioner that an account is, and whether reviews of them are shown anywhere. */
export async function findReviewed(db: Queryable, accountId: string) {
  const { rows } = await sql<{ id: string; slug: string; isShown: boolean }>`
    SELECT p.id, p.slug, reviews_shown(p.id) AS "isShown" FROM practitioner p WHERE p.account_id = ${accountId}`.execute(
    db,
  );
  return rows[0];
}

/** What the acting practitioner has replied, and what became of it. */
export async function findReplies(trx: Queryable, practitionerId: string) {
  const { rows } = await sql<{
    reviewId: string;
    replyState: ReplyState;
    reply: string | null;
    reason: Reason | null;
    proposal: string | null;
  }>`
    SELECT review_id AS "reviewId", reply_state AS "replyState", reply, reason, proposal FROM review_replies(${practitionerId})`.execute(
    trx,
  );
  return rows;
}
