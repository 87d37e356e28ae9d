import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { freeSlots } from '#lib/server/domain/availability/reads.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import { answerHealthQuestions } from '#lib/server/domain/care/answer-health-questions.ts';
import { bookReviewVisit } from '#lib/server/domain/care/book-review-visit.ts';
import { bookTreatment as bookOwnTreatment } from '#lib/server/domain/care/book-treatment.ts';
import { closeEpisode } from '#lib/server/domain/care/close-episode.ts';
import { giveConsent as giveOwnConsent } from '#lib/server/domain/care/give-consent.ts';
import {
  readConsentPage,
  readMyCare,
  readMyConsultation,
  readMyVisit,
  readUrgentPage,
} from '#lib/server/domain/care/my-care.ts';
import { readReviewTimes, readTimesToMove, readTreatmentTimes } from '#lib/server/domain/care/my-times.ts';
import { reportUrgent } from '#lib/server/domain/care/report-urgent.ts';
import { withdrawConsent } from '#lib/server/domain/care/withdraw-consent.ts';
import { later, passTime } from '../../../builders/act.ts';
import {
  bookTreatment,
  consulted,
  everyItem,
  giveConsent,
  prescribe,
  startTreatment,
  treat,
} from '../../../builders/care.ts';
import { patient } from '../../../builders/people.ts';
import { openDaily, place, practise } from '../../../builders/places.ts';
import { book } from '../../../builders/visits.ts';
import { countedDb } from '../../../harness/counted.ts';
import { as, eventsOf, expectRefusal, openWorld, stateOf, type World } from '../world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

/** A patient found suitable, with a prescription for the prescriber's own hand. */
async function prescribed() {
  const { owner, town } = world;
  // On to when nothing is booked: whatever the time of the day at which this runs.
  do await passTime(owner, { hours: 3 });
  while (await isBusyNow());
  const consultation = await consulted(owner, {
    patient: await patient(owner),
    prescriber: town.prescriber,
    where: town.leeds,
  });
  const prescription = await prescribe(owner, consultation, { injector: town.prescriber });
  const me = consultation.visit.patient;
  return { consultation, prescription, me, actor: as(me), prescriptionId: prescription.id };
}

async function isBusyNow(): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM block WHERE practitioner_id = ${world.town.prescriber.id}
       AND span && tstzrange(app_now() - interval '90 minutes', app_now() + interval '90 minutes')`.execute(
    world.owner,
  );
  return rows.length > 0;
}

/** Free treatment times of the prescriber, from so many hours on. */
async function timesIn(hours: number) {
  const { db, town } = world;
  const slots = await freeSlots(db, {
    practitionerIds: [town.prescriber.id],
    locationId: town.leeds.locationId,
    kind: 'treatment',
  });
  const from = slots[0]!.start.add({ hours });
  return slots.filter(({ start }) => Temporal.Instant.compare(start, from) > 0);
}

describe('consent and the treatment’s time', () => {
  it('opens step by step: consent first, and no start within the time to think', async () => {
    const { actor, prescriptionId } = await prescribed();
    const { locationId } = world.town.leeds;
    const [after] = await timesIn(72);
    const order = { prescriptionId, locationId, start: after!.start };
    await expectRefusal(bookOwnTreatment(world.db, actor, order), 'consent_missing');

    await giveOwnConsent(world.db, actor, { prescriptionId, ...everyItem('england') });
    await giveOwnConsent(world.db, actor, { prescriptionId, ...everyItem('england') });
    const [soon] = await timesIn(0);
    await expectRefusal(bookOwnTreatment(world.db, actor, { ...order, start: soon!.start }), 'cooling_off');

    const { places } = await readTreatmentTimes(world.db, actor, prescriptionId, null);
    const [offered] = places[0]!.days[0]!.times;
    const start = Temporal.Instant.from(offered!.datetime);
    expect(offered!.value).toBe(`${offered!.datetime} ${locationId}`);
    const requestKey = randomUUID();
    const first = await bookOwnTreatment(world.db, actor, { ...order, start, requestKey });
    expect(await bookOwnTreatment(world.db, actor, { ...order, start, requestKey })).toEqual(first);
    expect(await stateOf(world, first.id)).toBe('confirmed');
    await expectRefusal(bookOwnTreatment(world.db, actor, order), 'too_soon_after_treatment');
  });

  it('moves as it was booked: only to times that the rules allow, its own no obstacle', async () => {
    const { actor, prescription } = await prescribed();
    const times = await timesIn(72);
    const quarterPast = ({ start }: (typeof times)[number]) => start.add({ minutes: 15 });
    const time = times.find((one) => times.some(({ start }) => start.equals(quarterPast(one))))!;
    const { id } = await bookTreatment(world.owner, await giveConsent(world.owner, prescription), time.start);
    const { places, visit } = await readTimesToMove(world.db, actor, id, null);
    expect(visit.mayMove).toBe(true);
    const offered = places[0]!.days.flatMap(({ times }) => times.map(({ datetime }) => datetime));
    expect(offered).toContain(quarterPast(time).toString());
    expect(offered).not.toContain(time.start.toString());
    const [soon] = await timesIn(0);
    expect(offered.toSorted()[0]! > soon!.start.add({ hours: 24 }).toString()).toBe(true);
    await expectRefusal(
      moveAppointment(world.db, actor, { appointmentId: id, start: soon!.start }),
      'cooling_off',
    );
    const to = { appointmentId: id, start: Temporal.Instant.from(offered[0]!) };
    expect(await moveAppointment(world.db, actor, to)).toMatchObject({ id, start: offered[0] });
  });

  it('stays with its clinic', async () => {
    const { actor, prescription, prescriptionId } = await prescribed();
    await giveConsent(world.owner, prescription);
    const elsewhere = await place(world.owner, 'england');
    await practise(world.owner, world.town.prescriber, elsewhere);
    await openDaily(world.owner, world.town.prescriber, elsewhere);
    const { places } = await readTreatmentTimes(world.db, actor, prescriptionId, null);
    expect(places.map(({ days }) => days.length > 0)).toEqual([true]);
    const [time] = await timesIn(72);
    await expectRefusal(
      bookOwnTreatment(world.db, actor, {
        prescriptionId,
        locationId: elsewhere.locationId,
        start: time!.start,
      }),
      'slot_not_offered',
    );
  });

  it('ends in the chair by a word, not by a button', async () => {
    const { actor, prescription, prescriptionId, consultation } = await prescribed();
    await passTime(world.owner, { hours: 50 });
    const treatment = await bookTreatment(
      world.owner,
      await giveConsent(world.owner, prescription),
      await later(world.owner),
    );
    await startTreatment(world.owner, treatment);
    const { episodeId } = consultation.visit;
    await expectRefusal(withdrawConsent(world.db, actor, { prescriptionId }), 'treatment_under_way');
    await expectRefusal(closeEpisode(world.db, actor, { episodeId }), 'treatment_under_way');
  });

  it('is taken back with no reason, and takes the visit with it', async () => {
    const { actor, prescription, prescriptionId } = await prescribed();
    const consent = await giveConsent(world.owner, prescription);
    const [time] = await timesIn(72);
    const treatment = await bookTreatment(world.owner, consent, time!.start);
    await withdrawConsent(world.db, actor, { prescriptionId });
    expect(await stateOf(world, treatment.id)).toBe('cancelled');
    expect((await readConsentPage(world.db, actor, prescriptionId)).prescription.consentGiven).toBe(false);
    expect(await eventsOf(world, treatment.id)).toContain('appointment.cancelled');
  });

  it('belongs to the patient alone', async () => {
    const { prescriptionId, consultation } = await prescribed();
    const stranger = as(await patient(world.owner));
    for (const attempt of [
      () => giveOwnConsent(world.db, stranger, { prescriptionId, ...everyItem('england') }),
      () => giveOwnConsent(world.db, as(world.town.prescriber), { prescriptionId, ...everyItem('england') }),
      () => withdrawConsent(world.db, stranger, { prescriptionId }),
      () => readConsentPage(world.db, stranger, prescriptionId),
      () => readTreatmentTimes(world.db, stranger, prescriptionId, null),
      () => readMyConsultation(world.db, stranger, consultation.id),
      () => readMyVisit(world.db, stranger, consultation.visit.id),
      () => closeEpisode(world.db, stranger, { episodeId: consultation.visit.episodeId }),
    ]) {
      await expectRefusal(attempt(), 'not_found');
    }
  });
});

it('a changed health answer waits for the prescriber; the same answers again change nothing', async () => {
  const { actor, prescriptionId } = await prescribed();
  await giveOwnConsent(world.db, actor, { prescriptionId, ...everyItem('england') });
  const answers = { pregnant_or_breastfeeding: 'yes', version: '1' };
  await answerHealthQuestions(world.db, actor, { answers, lastTreatedElsewhereOn: null });
  await answerHealthQuestions(world.db, actor, { answers, lastTreatedElsewhereOn: null });
  await expectRefusal(
    answerHealthQuestions(world.db, actor, { answers, lastTreatedElsewhereOn: '2999-01-01' }),
    'date_to_come',
  );
  const [time] = await timesIn(72);
  await expectRefusal(
    bookOwnTreatment(world.db, actor, {
      prescriptionId,
      locationId: world.town.leeds.locationId,
      start: time!.start,
    }),
    'prescriber_review_needed',
  );
  const { roads } = await readMyCare(world.db, actor);
  expect(JSON.stringify(roads)).toContain('Your prescriber reads it and decides');
  expect(JSON.stringify(roads)).not.toMatch(/\b(gate|locked|refused|suspended)\b/i);
});

it('“No, thank you” ends the road: nothing to come, consent taken back, the record still there', async () => {
  const { actor, prescription, prescriptionId, consultation } = await prescribed();
  const consent = await giveConsent(world.owner, prescription);
  const [time] = await timesIn(96);
  const treatment = await bookTreatment(world.owner, consent, time!.start);
  const { episodeId } = consultation.visit;
  await closeEpisode(world.db, actor, { episodeId });
  await closeEpisode(world.db, actor, { episodeId });
  expect(await stateOf(world, treatment.id)).toBe('cancelled');
  // A letter hangs on "appointment.cancelled": nobody writes after a no.
  expect(await eventsOf(world, treatment.id)).toEqual([]);
  expect(await eventsOf(world, episodeId)).toEqual(['episode.closed']);
  await expectRefusal(
    giveOwnConsent(world.db, actor, { prescriptionId, ...everyItem('england') }),
    'not_now',
  );
  expect((await readTreatmentTimes(world.db, actor, prescriptionId, null)).places).toEqual([]);
  const care = await readMyCare(world.db, actor);
  expect(care.next).toEqual([]);
  expect(care.roads[0]!.isClosed).toBe(true);
  expect(
    (await readMyConsultation(world.db, actor, consultation.id)).questions.length,
  ).toBeGreaterThanOrEqual(0);
});

it('after a treatment My care opens with what must not wait; a word reaches the clinic once; a review visit is booked', async () => {
  const { owner, db } = world;
  const { actor, prescription } = await prescribed();
  const consent = await giveConsent(owner, prescription);
  await passTime(owner, { hours: 50 });
  const treatment = await bookTreatment(owner, consent, await later(owner));
  await treat(owner, treatment);
  const { urgent, treatments } = await readMyCare(db, actor);
  expect(urgent?.treatmentId).toBe(treatment.id);
  expect(treatments).toHaveLength(1);

  const links = { desk: 'https://steadyhand.example/desk' };
  const word = {
    treatmentId: treatment.id,
    message: 'My left lid hangs.',
    phone: '07700 900111',
    requestKey: randomUUID(),
  };
  await reportUrgent(db, links, actor, word);
  await reportUrgent(db, links, actor, word);
  const letters = await owner
    .selectFrom('mail_message')
    .where('body', 'like', `%${links.desk}%`)
    .select(['subject', 'body'])
    .execute();
  expect(letters).toHaveLength(1);
  expect(JSON.stringify(letters)).not.toContain('lid');
  const { contacts, numbers } = await readUrgentPage(db, actor, treatment.id);
  expect(contacts.map(({ message, seen }) => [message, seen])).toEqual([['My left lid hangs.', null]]);
  expect(numbers.emergency).toBe('999');
  await expectRefusal(
    reportUrgent(db, links, as(await patient(owner)), { ...word, requestKey: randomUUID() }),
    'not_found',
  );

  const { places } = await readReviewTimes(db, actor, treatment.id, null);
  const [start, locationId] = places[0]!.days[0]!.times[0]!.value.split(' ');
  const review = { treatmentId: treatment.id, locationId: locationId!, start: Temporal.Instant.from(start!) };
  expect(review.start.since(treatment.at).total('hours')).toBeGreaterThan(9 * 24);
  const { id } = await bookReviewVisit(db, actor, review);
  expect(await stateOf(world, id)).toBe('confirmed');
  expect((await readReviewTimes(db, actor, treatment.id, null)).reviewId).toBe(id);
  await expectRefusal(bookReviewVisit(db, actor, review), 'not_now');
});

it('My care takes the same queries for one road and for three', async () => {
  const { owner, town } = world;
  const [one, three] = [await patient(owner), await patient(owner)];
  const times = await timesIn(200);
  const at = (index: number) => times[index * 8]!.start;
  await book(owner, {
    kind: 'consultation',
    patient: one,
    who: town.prescriber,
    where: town.leeds,
    at: at(0),
  });
  for (const index of [1, 2, 3]) {
    await book(owner, {
      kind: 'consultation',
      patient: three,
      who: town.prescriber,
      where: town.leeds,
      at: at(index),
    });
  }
  const { db, counted } = countedDb(world.appUrl);
  const [careOfOne, forOne] = await counted(() => readMyCare(db, as(one)));
  const [careOfThree, forThree] = await counted(() => readMyCare(db, as(three)));
  expect([careOfOne.next.length, careOfThree.next.length]).toEqual([1, 3]);
  expect([forOne, forThree]).toEqual([9, 9]);
});

it('shows the whole road from its start, and what opens each step', async () => {
  const { owner, db, town } = world;
  const me = await patient(owner);
  const [time] = await timesIn(300);
  const visit = await book(owner, {
    kind: 'consultation',
    patient: me,
    who: town.prescriber,
    where: town.leeds,
    at: time!.start,
  });
  const stepsOf = async (actor = as(me)) =>
    (await readMyCare(db, actor)).roads[0]!.steps.map(({ title, state }) => `${title}: ${state}`);
  expect(await stepsOf()).toEqual([
    'Your health questions: ready',
    'Consultation: ready',
    'Time to think: not_yet',
    'Your consent: not_yet',
    'Treatment visit: not_yet',
    'Review visit: not_yet',
  ]);
  await closeEpisode(db, as(me), { episodeId: visit.episodeId });
  const { roads, past } = await readMyCare(db, as(me));
  expect([roads[0]!.isClosed, past[0]!.stateText]).toEqual([true, 'Cancelled by you']);

  const { actor, prescription } = await prescribed();
  expect(await stepsOf(actor)).toEqual([
    'Consultation: done',
    'Time to think: not_yet',
    'Your consent: ready',
    'Treatment visit: not_yet',
    'Review visit: not_yet',
  ]);
  await giveConsent(owner, prescription);
  expect((await stepsOf(actor)).slice(2, 4)).toEqual(['Your consent: done', 'Treatment visit: ready']);
  await passTime(owner, { hours: 50 });
  expect((await stepsOf(actor))[1]).toBe('Time to think: done');
});
