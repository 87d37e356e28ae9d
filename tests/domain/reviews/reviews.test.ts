import fc from '../../harness/examples.ts';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { askForReviews } from '#lib/server/domain/notifications/ask-for-review.ts';
import { notifyOfReview } from '#lib/server/domain/notifications/notify-review.ts';
import { planReviewRequest } from '#lib/server/domain/notifications/plan-review-request.ts';
import { readProfile } from '#lib/server/domain/directory/profile.ts';
import { closeEpisode } from '#lib/server/domain/care/close-episode.ts';
import { reportUrgent } from '#lib/server/domain/care/report-urgent.ts';
import { findSubject } from '#lib/server/domain/privacy/queries.ts';
import { copyOf } from '#lib/server/domain/privacy/take-copy.ts';
import { makeComplaint } from '#lib/server/domain/oversight/complaints/make-complaint.ts';
import { withdrawComplaint } from '#lib/server/domain/oversight/complaints/go-on.ts';
import { readMyComplaints } from '#lib/server/domain/oversight/complaints/reads.ts';
import { replyForm, reviewForm, type ReviewInput } from '#lib/server/domain/reviews/input.ts';
import {
  proposeRefusal,
  publishReply,
  publishReview,
  refuseReview,
  returnReply,
  returnReview,
} from '#lib/server/domain/reviews/moderate-review.ts';
import {
  readDeskReview,
  readDeskReviews,
  readMyReviews,
  readPublicReviews,
  readReviewPage,
  readReviewQueue,
  readStaffReview,
} from '#lib/server/domain/reviews/reads.ts';
import { replyToReview } from '#lib/server/domain/reviews/reply-to-review.ts';
import { QUESTION_NAMES, type Answer, type RefusalReason } from '#lib/server/domain/reviews/review.ts';
import { rewordReview, withdrawReview, writeReview } from '#lib/server/domain/reviews/write-review.ts';
import { transact } from '#lib/server/domain/shared/transact.ts';
import { practitionerJsonLd } from '#lib/server/interop/json-ld.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { later, passTime, setClock, type Signer } from '../../builders/act.ts';
import {
  bookTreatment,
  consulted,
  giveConsent,
  planVial,
  prescribe,
  treat,
  vial,
} from '../../builders/care.ts';
import { clinicMember, patient, type Practitioner } from '../../builders/people.ts';
import { place, practise } from '../../builders/places.ts';
import { afterFile } from '../../harness/after.ts';
import { countedDb } from '../../harness/counted.ts';
import {
  as,
  booked,
  checkedDoctor,
  expectRefusal,
  openWorld,
  slotsFrom,
  type World,
} from '../oversight/world.ts';

const SITE = new URL('https://steadyhand.test');
let world: World;
let worker: Db;
beforeAll(async () => {
  // By day, so that nobody waits for a letter until morning.
  world = await openWorld({ at: '2031-03-03T11:00:00Z' });
  worker = openDb(openPool(world.workerUrl, { max: 4, onError: () => {} }));
  afterFile(() => worker.destroy());
});

const WORDS = 'He hurried me, and I left with more questions than I came with.';
const SAID: ReviewInput = {
  listened: 'no',
  explained_risks: 'partly',
  free_to_say_no: 'yes',
  clean_and_calm: 'yes',
  easy_to_reach: 'not_tried',
  words: WORDS,
};

/** A patient who has been seen, whatever came of it. */
async function seen(who?: Practitioner, outcome: 'suitable' | 'not_suitable' = 'not_suitable') {
  const doctor = who ?? (await checkedDoctor(world));
  const person = await patient(world.owner);
  const consultation = await consulted(world.owner, {
    patient: person,
    prescriber: doctor,
    where: world.town.leeds,
    outcome,
  });
  return { doctor, person, consultation, appointmentId: consultation.visit.id };
}

async function write(
  person: Signer,
  appointmentId: string,
  said: Partial<ReviewInput> = {},
): Promise<string> {
  await writeReview(world.db, as(person), { appointmentId, ...SAID, ...said });
  const { id } = await world.owner
    .selectFrom('review')
    .select('id')
    .where('appointment_id', '=', appointmentId)
    .executeTakeFirstOrThrow();
  return id;
}

/** Written, and published by the first reviewer. */
async function published(who: Practitioner, said: Partial<ReviewInput> = {}) {
  const { person, appointmentId } = await seen(who);
  const reviewId = await write(person, appointmentId, said);
  await publishReview(world.db, as(world.town.reviewers[0]), { reviewId });
  return { person, appointmentId, reviewId };
}

const shownOf = (who: Practitioner, page = 1) => readPublicReviews(world.db, who.id, page);
const wordsOf = async (who: Practitioner) => (await shownOf(who))!.reviews.map(({ words }) => words);
const refusal = (reviewId: string, reason: RefusalReason = 'paid') => ({
  reviewId,
  reason,
  words: 'The invoice that was sent along says so.',
});

describe('a review', () => {
  it('is written once about a visit that took place, also where nothing followed, and published word for word', async () => {
    const { doctor, person, appointmentId } = await seen();
    const [one] = world.town.reviewers;
    expect(await shownOf(doctor)).toMatchObject({ published: 0, reviews: [] });
    const reviewId = await write(person, appointmentId);
    await expectRefusal(writeReview(world.db, as(person), { appointmentId, ...SAID }), 'review_once');
    // Nobody reads it before somebody has read it.
    expect(await wordsOf(doctor)).toEqual([]);
    await expectRefusal(readDeskReview(world.db, as(doctor), reviewId), 'not_found');
    expect((await readReviewPage(world.db, as(person), appointmentId)).review).toMatchObject({
      state: 'waiting',
      words: WORDS,
    });
    expect((await readReviewQueue(world.db, as(one))).map(({ id }) => id)).toContain(reviewId);
    await publishReview(world.db, as(one), { reviewId });
    const [shown] = (await shownOf(doctor))!.reviews;
    expect(shown).toEqual({
      id: reviewId,
      visited: 'March 2031',
      words: WORDS,
      reply: null,
      answers: [
        { term: 'Listened', detail: 'No' },
        { term: 'Explained what can go wrong', detail: 'Partly' },
        { term: 'Left people free to say no', detail: 'Yes' },
        { term: 'Clean and calm', detail: 'Yes' },
        { term: 'Easy to reach afterwards', detail: 'I did not need to' },
      ],
    });
    await expectRefusal(
      rewordReview(world.db, as(person), { appointmentId, words: 'Something else than what I wrote.' }),
      'not_now',
    );
    expect((await readMyReviews(world.db, as(person))).reviews).toMatchObject([
      { appointmentId, state: 'Published', isYourMove: false },
    ]);
  });

  it('is about a visit of one’s own that was kept', async () => {
    const { doctor, appointmentId } = await seen();
    const stranger = await patient(world.owner);
    await expectRefusal(writeReview(world.db, as(stranger), { appointmentId, ...SAID }), 'not_found');
    await expectRefusal(readReviewPage(world.db, as(stranger), appointmentId), 'not_found');
    const [start] = await slotsFrom(world, doctor, 2);
    const toCome = await booked(world, doctor, start!);
    const { accountId } = await world.owner
      .selectFrom('patient')
      .innerJoin('appointment', 'appointment.patient_id', 'patient.id')
      .select('patient.account_id as accountId')
      .where('appointment.id', '=', toCome)
      .executeTakeFirstOrThrow();
    const person = { accountId: accountId! };
    expect(await readReviewPage(world.db, as(person), toCome)).toMatchObject({ isKept: false });
    await expectRefusal(
      writeReview(world.db, as(person), { appointmentId: toCome, ...SAID }),
      'review_of_kept_visit',
    );
    // Marked as missed, and found to have been kept after all.
    await sql`ALTER TABLE appointment DISABLE TRIGGER USER`.execute(world.owner);
    await sql`UPDATE appointment SET state = 'no_show', no_show_by = 'patient', block_id = NULL, block_span = NULL WHERE id = ${toCome}`.execute(
      world.owner,
    );
    await sql`ALTER TABLE appointment ENABLE TRIGGER USER`.execute(world.owner);
    await expectRefusal(
      writeReview(world.db, as(person), { appointmentId: toCome, ...SAID }),
      'review_of_kept_visit',
    );
    await sql`ALTER TABLE appointment_correction DISABLE TRIGGER USER`.execute(world.owner);
    await sql`INSERT INTO appointment_correction (appointment_id, finding, reason, decided_by, decided_at)
      VALUES (${toCome}, 'was_kept', 'The camera shows it', ${doctor.accountId}, app_now())`.execute(
      world.owner,
    );
    await sql`ALTER TABLE appointment_correction ENABLE TRIGGER USER`.execute(world.owner);
    await write(person, toCome);
  });

  it('goes back for a word that cannot stay, and is published once it is put otherwise', async () => {
    const { doctor, person, appointmentId } = await seen();
    const [one] = world.town.reviewers;
    const reviewId = await write(person, appointmentId, {
      words: `${WORDS} Mrs Jones of Hill Street agrees.`,
    });
    await returnReview(world.db, as(one), {
      reviewId,
      reason: 'other_person',
      words: 'Leave out Mrs Jones and where she lives.',
    });
    const mine = (await readReviewPage(world.db, as(person), appointmentId)).review!;
    expect(mine).toMatchObject({
      state: 'returned',
      returned: {
        why: 'It names or describes somebody else, or gives an address or number',
        proposal: 'Leave out Mrs Jones and where she lives.',
      },
    });
    expect((await readMyReviews(world.db, as(person))).reviews[0]!.isYourMove).toBe(true);
    await expectRefusal(publishReview(world.db, as(one), { reviewId }), 'not_now');
    await rewordReview(world.db, as(person), { appointmentId, words: `${WORDS} A friend agrees.` });
    await publishReview(world.db, as(one), { reviewId });
    expect(await shownOf(doctor)).toMatchObject({
      published: 1,
      returned: 1,
      refused: 0,
      reviews: [{ words: `${WORDS} A friend agrees.` }],
    });
  });

  it('is refused by two reviewers, for the same reason, and for none but what is named', async () => {
    const { doctor, person, appointmentId } = await seen();
    const [one, two] = world.town.reviewers;
    const reviewId = await write(person, appointmentId);
    await expectRefusal(refuseReview(world.db, as(one), refusal(reviewId)), 'review_second_person');
    await proposeRefusal(world.db, as(one), refusal(reviewId));
    await expectRefusal(refuseReview(world.db, as(one), refusal(reviewId)), 'review_second_person');
    await expectRefusal(
      refuseReview(world.db, as(two), refusal(reviewId, 'not_the_patient')),
      'review_second_person',
    );
    // What reviewers say among themselves stays there.
    const steps = (await readReviewPage(world.db, as(person), appointmentId)).review!.steps;
    expect(steps.map(({ title }) => title)).toEqual(['Written']);
    expect((await readStaffReview(world.db, as(two), reviewId)).proposal).toMatchObject({ isYours: false });
    await refuseReview(world.db, as(two), refusal(reviewId));
    expect(await shownOf(doctor)).toMatchObject({ published: 0, refused: 1 });
    const mine = (await readReviewPage(world.db, as(person), appointmentId)).review!;
    expect(mine.steps.at(-1)).toMatchObject({
      title: 'Not published',
      why: 'It was written for money or a favour, or under pressure.',
    });
  });

  it('is taken back by who wrote it, and not written again', async () => {
    const doctor = await checkedDoctor(world);
    const { person, appointmentId } = await published(doctor);
    await expectRefusal(
      withdrawReview(world.db, as(await patient(world.owner)), { appointmentId }),
      'not_found',
    );
    await withdrawReview(world.db, as(person), { appointmentId });
    expect(await shownOf(doctor)).toMatchObject({ published: 0, reviews: [] });
    await expectRefusal(writeReview(world.db, as(person), { appointmentId, ...SAID }), 'review_once');
  });

  it('is read by nobody else: not by another patient, the practitioner, the desk, nor a reviewer who is meant', async () => {
    const { doctor, person, appointmentId } = await seen();
    const reviewId = await write(person, appointmentId);
    const reception = await clinicMember(world.owner, world.town.leeds);
    for (const other of [doctor, reception, await patient(world.owner), world.town.otherPrescriber]) {
      await expectRefusal(readReviewPage(world.db, as(other), appointmentId), 'not_found');
      await expectRefusal(readStaffReview(world.db, as(other), reviewId), 'not_found');
      await expectRefusal(publishReview(world.db, as(other), { reviewId }), 'not_found');
    }
    for (const meant of [doctor, reception]) {
      await world.owner
        .insertInto('staff')
        .values({ account_id: meant.accountId, role: 'reviewer' })
        .execute();
      await expectRefusal(readStaffReview(world.db, as(meant), reviewId), 'not_found');
      await expectRefusal(publishReview(world.db, as(meant), { reviewId }), 'not_found');
      expect((await readReviewQueue(world.db, as(meant))).map(({ id }) => id)).not.toContain(reviewId);
    }
    // Published, it still says nothing of whose it is.
    await publishReview(world.db, as(world.town.reviewers[0]), { reviewId });
    expect(JSON.stringify(await readDeskReviews(world.db, as(doctor), 1))).not.toMatch(
      new RegExp(`${person.id}|${person.accountId}|${appointmentId}`),
    );
  });
});

describe('the reply', () => {
  it('is published once a reviewer has read it, once', async () => {
    const doctor = await checkedDoctor(world);
    const [one] = world.town.reviewers;
    const { reviewId, person, appointmentId } = await published(doctor);
    const reply = (by: Signer, words: string) => replyToReview(world.db, as(by), { reviewId, words });
    await expectRefusal(reply(world.town.otherPrescriber, 'That was not like that.'), 'not_found');
    await reply(doctor, 'You came to me with three children and a headache.');
    expect((await shownOf(doctor))!.reviews[0]!.reply).toBeNull();
    expect((await readReviewPage(world.db, as(person), appointmentId)).review!.reply).toBeNull();
    await expectRefusal(reply(doctor, 'And another thing to say.'), 'not_now');
    expect((await readReviewQueue(world.db, as(one))).find(({ id }) => id === reviewId)).toMatchObject({
      isReply: true,
    });
    await returnReply(world.db, as(one), {
      reviewId,
      reason: 'confidential',
      words: 'Say nothing of who it was: I am sorry, please call me.',
    });
    expect(await readDeskReview(world.db, as(doctor), reviewId)).toMatchObject({
      mayReply: true,
      returned: { why: 'It says who the patient is, or something of their health' },
    });
    await reply(doctor, 'I am sorry. Please call me.');
    await publishReply(world.db, as(one), { reviewId });
    expect((await shownOf(doctor))!.reviews[0]!.reply).toBe('I am sorry. Please call me.');
    expect((await readReviewPage(world.db, as(person), appointmentId)).review!.reply).toBe(
      'I am sorry. Please call me.',
    );
    await expectRefusal(reply(doctor, 'Once more, with feeling.'), 'not_now');

    // Everybody's copy has what they may read: the patient the reply that is published, who replied every one of theirs.
    const wordsIn = async (who: Signer) => {
      const { tables } = await transact(world.db, as(who), async (trx) =>
        copyOf(trx, await findSubject(trx, who.accountId), SITE),
      );
      const steps = tables['review_step']?.rows ?? [];
      return steps.filter(({ kind }) => kind === 'replied').map(({ words }) => words);
    };
    expect(await wordsIn(person)).toEqual(['I am sorry. Please call me.']);
    expect((await wordsIn(doctor)).toSorted()).toEqual([
      'I am sorry. Please call me.',
      'You came to me with three children and a headache.',
    ]);
    expect(await wordsIn(world.town.otherPrescriber)).toEqual([]);
  });
});

describe('words', () => {
  it('that no public page carries come back beside the field, with what to write; what is critical stays', () => {
    const parse = (words: string) => reviewForm.safeParse({ ...SAID, words });
    for (const words of [
      'The Botox did nothing for me at all.',
      'B0tox did not help me, stay away from it.',
    ]) {
      const { success, error } = parse(words);
      expect(success).toBe(false);
      expect(error!.issues[0]!.path).toEqual(['words']);
      expect(error!.issues[0]!.message).toMatch(/^Public pages cannot say “B.tox”.*“the visit”/);
    }
    expect(parse('Rude, late, and the worst hour of my year. Never again.').success).toBe(true);
    expect(replyForm.safeParse({ words: 'Our Dysport is the best in town.' }).success).toBe(false);
  });

  it('that a rule forbids since are not shown', async () => {
    const doctor = await checkedDoctor(world);
    const { person, appointmentId } = await seen(doctor);
    // Past the form, as if the rule had come later.
    const reviewId = await write(person, appointmentId, { words: 'The Botox did nothing for me at all.' });
    await publishReview(world.db, as(world.town.reviewers[0]), { reviewId });
    expect(await wordsOf(doctor)).toEqual(['']);
    expect((await shownOf(doctor))!.published).toBe(1);
  });
});

describe('where the law allows no reviews', () => {
  it('none are asked, written or shown; of somebody who works in several places the strictest counts', async () => {
    const doctor = await checkedDoctor(world);
    const { reviewId } = await published(doctor);
    expect((await shownOf(doctor))!.published).toBe(1);
    const brisbane = await place(world.owner, 'queensland');
    await practise(world.owner, doctor, brisbane);
    expect(await shownOf(doctor)).toBeNull();
    expect((await readDeskReviews(world.db, as(doctor), 1)).isShown).toBe(false);
    await expectRefusal(readDeskReview(world.db, as(doctor), reviewId), 'not_found');
    const profile = await readProfile(world.db, doctor.slug, 0);
    expect(profile).toMatchObject({ listed: true, reviews: null });
  });

  it.each(['queensland', 'ontario'])('in %s nobody can write one', async (jurisdiction) => {
    const { rows } = await sql<{ allowed: boolean }>`
      SELECT reviews_allowed(${jurisdiction}, app_now()::date) AS allowed`.execute(world.owner);
    expect(rows[0]!.allowed).toBe(false);
  });

  it('the database refuses them, and the page says why and what there is instead', async () => {
    const { person, appointmentId } = await seen();
    await sql`UPDATE policy_row SET value = 'false' WHERE key = 'reviews_public' AND jurisdiction = 'england'`.execute(
      world.owner,
    );
    try {
      expect(await readReviewPage(world.db, as(person), appointmentId)).toMatchObject({ isAllowed: false });
      await expectRefusal(
        writeReview(world.db, as(person), { appointmentId, ...SAID }),
        'review_not_allowed',
      );
      expect((await readMyReviews(world.db, as(person))).visits).toEqual([]);
    } finally {
      await sql`UPDATE policy_row SET value = 'true' WHERE key = 'reviews_public' AND jurisdiction = 'england'`.execute(
        world.owner,
      );
    }
  });

  it('no rating is in the structured data of any page', async () => {
    const doctor = await checkedDoctor(world);
    await published(doctor);
    const profile = await readProfile(world.db, doctor.slug, 0);
    if (!profile.listed) throw new Error('not listed');
    expect(JSON.stringify(practitionerJsonLd(profile, 'https://steadyhand.test/x'))).not.toMatch(
      /rating|review/i,
    );
  });
});

describe('statistics', () => {
  it('equal a full scan, whatever was written and done', async () => {
    const [one, two] = world.town.reviewers;
    const answer = fc.constantFrom<Answer>('yes', 'partly', 'no');
    const fate = fc.constantFrom(
      'waiting',
      'published',
      'published',
      'returned',
      'reworded',
      'refused',
      'withdrawn',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            answers: fc.tuple(
              answer,
              answer,
              answer,
              answer,
              fc.constantFrom<Answer>('yes', 'partly', 'no', 'not_tried'),
            ),
            fate,
          }),
          { maxLength: 9 },
        ),
        async (written) => {
          const doctor = await checkedDoctor(world);
          for (const { answers, fate } of written) {
            const { person, appointmentId } = await seen(doctor);
            const said = Object.fromEntries(QUESTION_NAMES.map((name, nth) => [name, answers[nth]]));
            const reviewId = await write(person, appointmentId, said);
            const reason = { reviewId, reason: 'abuse', words: 'Without the insult, please.' } as const;
            if (fate === 'published') await publishReview(world.db, as(one), { reviewId });
            if (fate === 'withdrawn') await withdrawReview(world.db, as(person), { appointmentId });
            if (fate === 'returned' || fate === 'reworded') await returnReview(world.db, as(two), reason);
            if (fate === 'reworded') {
              await rewordReview(world.db, as(person), { appointmentId, words: `${WORDS} So it was.` });
              await publishReview(world.db, as(one), { reviewId });
            }
            if (fate === 'refused') {
              await proposeRefusal(world.db, as(one), refusal(reviewId));
              await refuseReview(world.db, as(two), refusal(reviewId));
            }
          }
          const isOut = ({ fate }: { fate: string }) => fate === 'published' || fate === 'reworded';
          const shown = (await shownOf(doctor))!;
          expect(shown).toMatchObject({
            published: written.filter(isOut).length,
            returned: written.filter(({ fate }) => fate === 'returned' || fate === 'reworded').length,
            refused: written.filter(({ fate }) => fate === 'refused').length,
          });
          const count = (nth: number, said: Answer) =>
            written.filter((each) => isOut(each) && each.answers[nth] === said).length;
          const shares = QUESTION_NAMES.map((question, nth) => {
            const [yes, partly, no] = [count(nth, 'yes'), count(nth, 'partly'), count(nth, 'no')];
            return { question, yes, partly, no, of: yes + partly + no };
          });
          expect(shown.shares.map(({ said: _, ...share }) => share)).toEqual(
            shown.published < 5 ? [] : shares,
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  it('pages hold ten, the latest first, and every published one is on one of them', async () => {
    const doctor = await checkedDoctor(world);
    const ids: string[] = [];
    for (let nth = 0; nth < 12; nth += 1) ids.push((await published(doctor)).reviewId);
    const [first, second, beyond] = [
      await shownOf(doctor, 1),
      await shownOf(doctor, 2),
      await shownOf(doctor, 9),
    ];
    expect(first!.reviews.length).toBe(10);
    expect([...first!.reviews, ...second!.reviews].map(({ id }) => id)).toEqual(ids.toReversed());
    expect(beyond!.page).toBe(2);
  });
});

describe('being asked', () => {
  const lettersAbout = async (appointmentId: string) =>
    world.owner
      .selectFrom('mail_message')
      .select(['subject', 'body'])
      .where('body', 'like', `%/my-care/appointments/${appointmentId}/review%`)
      .execute();
  /** By day, so that nobody waits for a letter until morning. */
  const toNoonIn = async (days: number) => {
    const now = (await later(world.owner)).toZonedDateTimeISO('Europe/London');
    await setClock(world.owner, now.add({ days }).with({ hour: 12 }).toInstant().toString());
  };
  const ask = async (appointmentId: string) => {
    await planReviewRequest(worker, appointmentId);
    await planReviewRequest(worker, appointmentId);
    await toNoonIn(2);
    await Promise.all([askForReviews(worker, SITE), askForReviews(worker, SITE)]);
    await askForReviews(worker, SITE);
    return lettersAbout(appointmentId);
  };

  it('happens once, the day after a consultation, whatever came of it, in neutral words with both roads', async () => {
    const { appointmentId } = await seen(undefined, 'not_suitable');
    await planReviewRequest(worker, appointmentId);
    await askForReviews(worker, SITE);
    expect(await lettersAbout(appointmentId)).toEqual([]);
    const letters = await ask(appointmentId);
    expect(letters.length).toBe(1);
    const [{ subject, body }] = letters as [(typeof letters)[0]];
    expect(subject).toBe('How was your visit?');
    expect(`${subject} ${body.replace(/https:\S+/g, '')}`).not.toMatch(/botox|toxin|inject|treat|consult/i);
    expect(body).toContain(`/my-care/complaints/new?appointment=${appointmentId}`);
  });

  it('does not happen while a complaint about that visit is open', async () => {
    const { person, appointmentId } = await seen();
    const input = { words: WORDS, wish: '', addressedTo: 'clinic' as const };
    await makeComplaint(world.db, as(person), { appointment: appointmentId }, input);
    expect(await ask(appointmentId)).toEqual([]);

    const other = await seen();
    await makeComplaint(world.db, as(other.person), { appointment: other.appointmentId }, input);
    const [mine] = (await readMyComplaints(world.db, as(other.person))).complaints;
    await withdrawComplaint(world.db, as(other.person), { complaintId: mine!.id });
    expect((await ask(other.appointmentId)).length).toBe(1);
  });

  it('does not happen to who said no, thank you, nor to who has written already', async () => {
    const { person, consultation, appointmentId } = await seen(undefined, 'suitable');
    const { episode_id: episodeId } = await world.owner
      .selectFrom('appointment')
      .select('episode_id')
      .where('id', '=', consultation.visit.id)
      .executeTakeFirstOrThrow();
    await closeEpisode(world.db, as(person), { episodeId: episodeId! });
    expect(await ask(appointmentId)).toEqual([]);
    // They may write all the same.
    await write(person, appointmentId);

    const other = await seen();
    await write(other.person, other.appointmentId);
    expect(await ask(other.appointmentId)).toEqual([]);
  });

  it('of a treatment happens once it has settled, and not while something urgent is open', async () => {
    const treated = async () => {
      const { person, consultation } = await seen(undefined, 'suitable');
      const consent = await giveConsent(world.owner, await prescribe(world.owner, consultation));
      const treatment = await bookTreatment(world.owner, consent, await later(world.owner, { hours: 72 }));
      await planVial(
        world.owner,
        treatment,
        await vial(world.owner, { where: world.town.leeds, dispensedFor: person }),
      );
      await passTime(world.owner, { hours: 72 });
      await treat(world.owner, treatment);
      await planReviewRequest(worker, treatment.id);
      return { person, id: treatment.id };
    };
    const [well, unwell] = [await treated(), await treated()];
    await toNoonIn(12);
    await askForReviews(worker, SITE);
    expect(await lettersAbout(well.id)).toEqual([]);
    await reportUrgent(world.db, { desk: 'https://steadyhand.test/desk' }, as(unwell.person), {
      treatmentId: unwell.id,
      message: 'My lid droops.',
      phone: '',
    });
    await toNoonIn(5);
    await askForReviews(worker, SITE);
    expect((await lettersAbout(well.id)).length).toBe(1);
    expect(await lettersAbout(unwell.id)).toEqual([]);
  });
});

describe('letters', () => {
  it('tell each side of what concerns it, once, and say nothing of what it is about', async () => {
    const doctor = await checkedDoctor(world);
    const { person, reviewId } = await published(doctor);
    const { rows } = await sql<{ id: string; payload: Record<string, string> }>`
      SELECT id, payload FROM event WHERE subject_type = 'review' AND subject_id = ${reviewId} ORDER BY id`.execute(
      world.owner,
    );
    for (const event of [...rows, ...rows]) await notifyOfReview(worker, SITE, { ...event, reviewId });
    const to = async ({ accountId }: Signer) =>
      (
        await sql<{ text: string }>`
          SELECT m.subject || E'\n' || m.body AS text FROM mail_message m JOIN account a ON a.email = m.to_address WHERE a.id = ${accountId}`.execute(
          world.owner,
        )
      ).rows;
    for (const letters of [await to(person), await to(doctor)]) {
      expect(letters.length).toBe(1);
      expect(letters[0]!.text).not.toContain(WORDS);
      expect(letters[0]!.text.replace(/https:\S+/g, '')).not.toMatch(/toxin|treatment/i);
    }
  });
});

describe('a review touches nothing else', () => {
  it('nothing in the database looks at it but what is its own, and what forgets', async () => {
    const { rows } = await sql<{ name: string }>`
      SELECT p.proname AS name FROM pg_proc p
       WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f' AND p.prosrc ~* '(public\\.|from |join )review' AND p.proname !~ 'review'
      UNION ALL
      SELECT viewname FROM pg_views WHERE schemaname = 'public' AND definition ~* '(public\\.|from |join )review'
      UNION ALL
      SELECT conname FROM pg_constraint WHERE confrelid::regclass::text ~ '^review' AND conrelid::regclass::text !~ '^review'`.execute(
      world.owner,
    );
    expect(rows.map(({ name }) => name).toSorted()).toEqual([
      'delete_locked_record',
      'forget_account',
      'forget_practitioner',
    ]);
  });

  it('lists take as many queries for one as for three', async () => {
    const doctor = await checkedDoctor(world);
    const { db, counted } = countedDb(world.appUrl);
    const { person } = await published(doctor);
    const count = async () => {
      const [, queries] = await counted(async () => {
        await readMyReviews(db, as(person));
        await readDeskReviews(db, as(doctor), 1);
        await readReviewQueue(db, as(world.town.reviewers[0]));
        await readPublicReviews(db, doctor.id, 1);
      });
      return queries;
    };
    const one = await count();
    await published(doctor);
    const { person: third, appointmentId } = await seen(doctor);
    await write(third, appointmentId);
    expect(await count()).toBe(one);
    expect(one).toBe(11);
  });
});
