import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, type Signer } from '../builders/act.ts';
import { staffMember } from '../builders/people.ts';
import { attack, breaks, forbidden, insert, NOTHING, twice, unproven } from './attack.ts';
import type { Stage } from './stage.ts';

const WORDS = 'Nobody listened, and I left with more questions than before.';
const REASONS = 'Read beside the record of that day.';
const NEEDS_REASON: Readonly<Record<string, string>> = {
  returned: 'abuse',
  proposed: 'paid',
  refused: 'paid',
  reply_returned: 'confidential',
};
const SAYS = ['returned', 'proposed', 'refused', 'reworded', 'replied', 'reply_returned'];

/** A review of the treated patient about that visit, with every column that the database fills in itself. */
const review = ({ treated: { id, patient, who, where } }: Stage, row: object = {}) =>
  insert('review', {
    appointment_id: id,
    patient_id: patient.id,
    practitioner_id: who.id,
    clinic_id: where.clinicId,
    jurisdiction: where.jurisdiction,
    time_zone: where.timeZone,
    visited_on: '2020-01-01',
    written_by: patient.accountId,
    listened: 'no',
    explained_risks: 'partly',
    free_to_say_no: 'yes',
    clean_and_calm: 'yes',
    easy_to_reach: 'not_tried',
    words: WORDS,
    ...row,
  });

const step = (reviewId: string, kind: string, row: object = {}) =>
  insert('review_step', {
    review_id: reviewId,
    nth: 2,
    kind,
    state: 'published',
    reply_state: 'none',
    reason: NEEDS_REASON[kind] ?? null,
    words: SAYS.includes(kind) ? REASONS : '',
    taken_by: sql`current_actor()`,
    taken_at: sql`app_now()`,
    ...row,
  });

/** Written; then these steps, each by who may take it. Returns its id. */
async function written(
  trx: Queryable,
  t: Stage,
  ...steps: (readonly [Signer, string, object?])[]
): Promise<string> {
  await acting(trx, t.treated.patient, (as) => review(t).execute(as));
  const { id } = await trx.selectFrom('review').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow();
  for (const [by, kind, more] of steps) await acting(trx, by, (as) => step(id, kind, more).execute(as));
  return id;
}

/** No review is written but by who was there, published unread, or altered, and none disappears by one pair of hands. */
export const reviews = [
  attack('L7', 'a review in the name of somebody else', forbidden('review'), {
    actor: (t, lawful) => (lawful ? t.treated.patient : t.stranger),
    attack: (t) => review(t),
  }),
  attack('L7', 'a review of the visit of another patient', unproven('review_own_visit'), {
    actor: (t, lawful) => (lawful ? t.treated.patient : t.ready.patient),
    attack: (t) => review(t, { written_by: t.ready.patient.accountId }),
    twin: (t) => review(t),
  }),
  attack('L7', 'a review of a visit that has not taken place', breaks('review_of_kept_visit'), {
    actor: (t, lawful) => (lawful ? t.treated.patient : t.upcoming.patient),
    attack: (t) => review(t, { appointment_id: t.upcoming.id, written_by: t.upcoming.patient.accountId }),
    twin: (t) => review(t),
  }),
  attack('L7', 'a second review of one visit', twice('review_once'), {
    before: (trx, t, lawful) => (lawful ? Promise.resolve('') : written(trx, t)),
    actor: (t) => t.treated.patient,
    attack: (t) => review(t),
  }),
  attack('L5', 'a review where the law allows none', breaks('review_allowed'), {
    before: async (trx, _, lawful) => {
      if (!lawful)
        await sql`UPDATE policy_row SET value = 'false' WHERE key = 'reviews_public' AND jurisdiction = 'england'`.execute(
          trx,
        );
    },
    actor: (t) => t.treated.patient,
    attack: (t) => review(t),
  }),
  attack('L7', 'a review of three letters', breaks('review_words'), {
    actor: (t) => t.treated.patient,
    attack: (t) => review(t, { words: 'Bad' }),
    twin: (t) => review(t),
  }),
  attack('P1', 'a stranger who reads review', NOTHING, {
    before: (trx, t) => written(trx, t),
    actor: (t, lawful) => (lawful ? t.treated.patient : t.stranger),
    attack: () => sql`SELECT 1 FROM review`,
  }),
  attack('P1', 'a stranger who reads review_step', NOTHING, {
    before: (trx, t) => written(trx, t),
    actor: (t, lawful) => (lawful ? t.treated.patient : t.stranger),
    attack: () => sql`SELECT 1 FROM review_step`,
  }),
  attack('P1', 'a practitioner who reads a review before it is published', NOTHING, {
    before: async (trx, t, lawful) => {
      await written(trx, t, ...(lawful ? [[t.reviewers[0], 'published'] as const] : []));
    },
    actor: (t) => t.treated.who,
    attack: (t) => sql`SELECT 1 FROM published_reviews(${t.treated.who.id})`,
  }),
  attack('P1', 'a proposal read by who wrote the review', NOTHING, {
    before: (trx, t) => written(trx, t, [t.reviewers[0], 'proposed']),
    actor: (t, lawful) => (lawful ? t.reviewers[1] : t.treated.patient),
    attack: (_, id) => sql`SELECT 1 FROM review_step WHERE review_id = ${id} AND kind = 'proposed'`,
  }),
  attack('P1', 'a reply read by who wrote the review before it is published', NOTHING, {
    before: (trx, t, lawful) =>
      written(
        trx,
        t,
        [t.reviewers[0], 'published'],
        [t.treated.who, 'replied'],
        ...(lawful ? [[t.reviewers[0], 'reply_published'] as const] : []),
      ),
    actor: (t) => t.treated.patient,
    attack: (_, id) => sql`SELECT 1 FROM review_step WHERE review_id = ${id} AND kind = 'replied'`,
  }),
  attack('P1', 'a published reply read in the steps by somebody else', NOTHING, {
    before: (trx, t) =>
      written(
        trx,
        t,
        [t.reviewers[0], 'published'],
        [t.treated.who, 'replied'],
        [t.reviewers[0], 'reply_published'],
      ),
    actor: (t, lawful) => (lawful ? t.treated.who : t.stranger),
    attack: (_, id) => sql`SELECT 1 FROM review_step WHERE review_id = ${id} AND kind = 'replied'`,
  }),

  attack('L7', 'a review published by who wrote it', breaks('review_step_by_reviewer'), {
    before: (trx, t) => written(trx, t),
    actor: (t, lawful) => (lawful ? t.reviewers[0] : t.treated.patient),
    attack: (_, id) => step(id, 'published'),
  }),
  attack('L7', 'a review sent back by whom it is about', breaks('review_step_by_reviewer'), {
    before: (trx, t) => written(trx, t),
    actor: (t, lawful) => (lawful ? t.reviewers[0] : t.treated.who),
    attack: (_, id) => step(id, 'returned'),
  }),
  attack('L7', 'a reviewer who moderates a review about themselves', breaks('review_step_by_reviewer'), {
    before: async (trx, t) => {
      await insert('staff', { account_id: t.treated.who.accountId, role: 'reviewer' }).execute(trx);
      return { id: await written(trx, t), other: await staffMember(trx) };
    },
    actor: (t, lawful, { other }) => (lawful ? other : t.treated.who),
    attack: (_, { id }) => step(id, 'returned'),
  }),
  attack('L7', 'a review sent back because it is critical', breaks('review_step_reason'), {
    before: (trx, t) => written(trx, t),
    actor: (t) => t.reviewers[0],
    attack: (_, id) => step(id, 'returned', { reason: 'critical' }),
    twin: (_, id) => step(id, 'returned'),
  }),
  attack('L7', 'a review sent back with no way to put it', breaks('review_step_says'), {
    before: (trx, t) => written(trx, t),
    actor: (t) => t.reviewers[0],
    attack: (_, id) => step(id, 'returned', { words: '' }),
    twin: (_, id) => step(id, 'returned'),
  }),
  attack('L7', 'a review published in other words than its own', breaks('review_step_says'), {
    before: (trx, t) => written(trx, t),
    actor: (t) => t.reviewers[0],
    attack: (_, id) => step(id, 'published', { words: 'Everything was wonderful, thank you.' }),
    twin: (_, id) => step(id, 'published'),
  }),
  attack('L7', 'a review put otherwise by a reviewer', breaks('review_step_by_writer'), {
    before: (trx, t) => written(trx, t, [t.reviewers[0], 'returned']),
    actor: (t, lawful) => (lawful ? t.treated.patient : t.reviewers[0]),
    attack: (_, id) => step(id, 'reworded'),
  }),
  attack('L7', 'a review taken back by whom it is about', breaks('review_step_by_writer'), {
    before: (trx, t) => written(trx, t, [t.reviewers[0], 'published']),
    actor: (t, lawful) => (lawful ? t.treated.patient : t.treated.who),
    attack: (_, id) => step(id, 'withdrawn'),
  }),
  attack('L7', 'a review put otherwise after it was published', breaks('review_step_order'), {
    before: (trx, t) =>
      written(
        trx,
        t,
        [t.reviewers[0], 'returned'],
        [t.treated.patient, 'reworded'],
        [t.reviewers[0], 'published'],
      ),
    actor: (t) => t.treated.patient,
    attack: (_, id) => step(id, 'reworded'),
    twin: (_, id) => step(id, 'withdrawn'),
  }),
  attack('L7', 'a review published while it is back for the wording', breaks('review_step_order'), {
    before: (trx, t, lawful) => written(trx, t, ...(lawful ? [] : [[t.reviewers[0], 'returned'] as const])),
    actor: (t) => t.reviewers[0],
    attack: (_, id) => step(id, 'published'),
  }),
  attack('L7', 'a review refused by one reviewer', breaks('review_step_second_person'), {
    before: (trx, t) => written(trx, t, [t.reviewers[0], 'proposed']),
    actor: (t, lawful) => t.reviewers[lawful ? 1 : 0],
    attack: (_, id) => step(id, 'refused'),
  }),
  attack('L7', 'a review refused for another reason than was proposed', breaks('review_step_second_person'), {
    before: (trx, t) => written(trx, t, [t.reviewers[0], 'proposed']),
    actor: (t) => t.reviewers[1],
    attack: (_, id) => step(id, 'refused', { reason: 'not_this_visit' }),
    twin: (_, id) => step(id, 'refused'),
  }),
  attack('L7', 'a reply by another practitioner', breaks('review_step_by_practitioner'), {
    before: (trx, t) => written(trx, t, [t.reviewers[0], 'published']),
    actor: (t, lawful) => (lawful ? t.treated.who : t.otherPrescriber),
    attack: (_, id) => step(id, 'replied'),
  }),
  attack('L7', 'a reply to a review that is not published', breaks('review_step_order'), {
    before: (trx, t, lawful) => written(trx, t, ...(lawful ? [[t.reviewers[0], 'published'] as const] : [])),
    actor: (t) => t.treated.who,
    attack: (_, id) => step(id, 'replied'),
  }),
  attack('L7', 'a reply published by who wrote it', breaks('review_step_by_reviewer'), {
    before: (trx, t) => written(trx, t, [t.reviewers[0], 'published'], [t.treated.who, 'replied']),
    actor: (t, lawful) => (lawful ? t.reviewers[0] : t.treated.who),
    attack: (_, id) => step(id, 'reply_published'),
  }),
];
