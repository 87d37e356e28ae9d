import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { answerHealthQuestions } from '#lib/server/domain/care/answer-health-questions.ts';
import { bookTopUp } from '#lib/server/domain/care/book-top-up.ts';
import { closeEpisode } from '#lib/server/domain/care/close-episode.ts';
import { confirmConsent } from '#lib/server/domain/care/confirm-consent.ts';
import { readMyCare, readMyVisit } from '#lib/server/domain/care/my-care.ts';
import { receiveVial } from '#lib/server/domain/care/receive-vial.ts';
import { signTreatment } from '#lib/server/domain/care/record-treatment.ts';
import { startTreatment } from '#lib/server/domain/care/start-treatment.ts';
import { readTopUpTimes } from '#lib/server/domain/care/top-up-times.ts';
import { readReviewVisit, readTreatmentPage, readVisit } from '#lib/server/domain/care/visit-reads.ts';
import { withdrawConsent } from '#lib/server/domain/care/withdraw-consent.ts';
import type { Practitioner } from '../../builders/people.ts';
import { later, passTime } from '../../builders/act.ts';
import {
  bookTreatment,
  confirmHealth,
  consulted,
  giveConsent,
  prescribe,
  reviewed,
  treat,
} from '../../builders/care.ts';
import { patient } from '../../builders/people.ts';
import { as, expectRefusal, given, openWorld, stateOf, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

const DAY = 24;

/** Treated with some units kept back, so many days ago; reviewed the day before today, or never. */
async function treated(
  about: { topUpUnits?: number; days?: number; review?: boolean; injector?: Practitioner } = {},
) {
  const { owner, town } = world;
  await passTime(owner, { hours: 3 });
  const who = await patient(owner);
  const where = town.leeds;
  const consultation = await consulted(owner, { patient: who, prescriber: town.prescriber, where });
  const prescription = await prescribe(owner, consultation, {
    injector: about.injector ?? town.prescriber,
    topUpUnits: about.topUpUnits ?? 8,
  });
  const consent = await giveConsent(owner, prescription);
  await passTime(owner, { hours: 50 });
  const treatment = await bookTreatment(owner, consent, await later(owner));
  await treat(owner, treatment);
  const days = about.days ?? 15;
  await passTime(owner, { hours: (days - 1) * DAY });
  const review = about.review === false ? null : await reviewed(owner, treatment);
  await passTime(owner, { hours: DAY });
  return { me: as(who), who, treatment, consent, review, prescriptionId: prescription.id };
}
type Treated = Awaited<ReturnType<typeof treated>>;

async function offered({ me, prescriptionId }: Treated) {
  const page = await readTopUpTimes(world.db, me, prescriptionId, null);
  return page.places.flatMap(({ days }) =>
    days.flatMap(({ times }) => times.map(({ datetime }) => datetime)),
  );
}
const at = ({ prescriptionId }: Treated, start: Temporal.Instant | string) => ({
  prescriptionId,
  locationId: world.town.leeds.locationId,
  start: Temporal.Instant.from(start.toString()),
});
/** A time that nobody keeps free for a top-up, so many days after the treatment. */
const onDay = ({ treatment }: Treated, days: number) =>
  treatment.at.round({ smallestUnit: 'hour', roundingMode: 'ceil' }).add({ hours: days * DAY });
const barsOf = async ({ me, prescriptionId }: Treated) =>
  (await readTopUpTimes(world.db, me, prescriptionId, null)).blocked.map(({ why }) => why);
const stepOf = async ({ me }: Treated) =>
  (await readMyCare(world.db, me)).roads[0]!.steps.find(({ title }) => title === 'Small correction');

describe('a top-up', () => {
  it('is offered after the review, booked once, and takes what was kept back and no more', async () => {
    const { db, owner, town } = world;
    const seen = await treated();
    const { me, treatment, prescriptionId, review } = seen;
    expect(await stepOf(seen)).toMatchObject({
      state: 'ready',
      action: { to: 'topUp', id: prescriptionId },
    });
    expect((await readReviewVisit(db, as(town.prescriber), review!.id)).treated).toMatchObject({
      prescriptionId,
      given: expect.stringMatching(/^botox, \d+ Allergan units, frown lines$/) as string,
      keptBack: '8 Allergan units',
    });
    const times = await offered(seen);
    const startedAt = treatment.at;
    expect(times.length).toBeGreaterThan(0);
    for (const time of times) {
      const day = startedAt.until(time, { largestUnit: 'hour' }).total('hour') / DAY;
      expect(day).toBeGreaterThanOrEqual(14);
      expect(day).toBeLessThanOrEqual(28.1);
    }

    const requestKey = randomUUID();
    const order = { ...at(seen, times[0]!), requestKey };
    const booked = await bookTopUp(db, me, order);
    expect(await bookTopUp(db, me, order)).toEqual(booked);
    await expectRefusal(bookTopUp(db, me, at(seen, times[1]!)), 'top_up_booked');
    expect(await stepOf(seen)).toMatchObject({ state: 'ready', action: { to: 'visit', id: booked.id } });
    expect((await readMyVisit(db, me, booked.id)).name).toBe('Small correction');
    expect((await readVisit(db, as(town.prescriber), booked.id)).name).toBe('Top-up');
    const page = await readTopUpTimes(db, me, prescriptionId, null);
    expect([page.topUpId, page.places, page.blocked]).toEqual([booked.id, [], []]);
    expect((await readReviewVisit(db, as(town.prescriber), review!.id)).treated?.keptBack).toBeNull();

    // On the day everything is confirmed anew, as before every treatment.
    await passTime(owner, Temporal.Instant.from(times[0]!).since(await later(owner)));
    const [doctor, visit] = [as(town.prescriber), { appointmentId: booked.id }];
    await receiveVial(db, doctor, {
      ...visit,
      custody: 'dispensed',
      batch: 'C7431B',
      expiresOn: '2099-01-01',
      units: 50,
    });
    await expectRefusal(startTreatment(db, doctor, visit), 'health_not_confirmed');
    await confirmHealth(owner, { id: booked.id, patient: seen.who });
    await expectRefusal(startTreatment(db, doctor, visit), 'consent_not_confirmed_today');
    await confirmConsent(db, doctor, visit);
    await startTreatment(db, doctor, visit);
    const treating = await readTreatmentPage(db, doctor, booked.id);
    expect([treating.isTopUp, treating.prescribed?.doseUnits]).toEqual([true, 8]);
    const vialId = treating.vials.find(({ isPlanned }) => isPlanned)!.id;
    const points = (units: number) => [
      { region: 'frown_lines', side: 'midline', x: 0.5, y: 0.4, units } as const,
    ];
    await expectRefusal(
      signTreatment(db, doctor, {
        ...visit,
        draft: given({ vialId, batch: 'C7431B', points: points(9) }),
        reasons: {},
      }),
      'deviation_reason_needed',
    );
    await signTreatment(db, doctor, {
      ...visit,
      draft: given({ vialId, batch: 'C7431B', points: points(8) }),
      reasons: {},
    });
    expect(await stateOf(world, booked.id)).toBe('completed');
    const { state } = await owner
      .selectFrom('prescription')
      .select('state')
      .where('id', '=', prescriptionId)
      .executeTakeFirstOrThrow();
    expect(state).toBe('used');
    expect(await stepOf(seen)).toMatchObject({ state: 'done', action: { to: 'visit', id: booked.id } });
    await expectRefusal(bookTopUp(db, me, at(seen, times[1]!)), 'top_up_booked');
  });

  it('is booked again after it was cancelled', async () => {
    const { db, owner } = world;
    const seen = await treated();
    const [first, second] = await offered(seen);
    const { id } = await bookTopUp(db, seen.me, at(seen, first!));
    await owner
      .updateTable('appointment')
      .set({ state: 'cancelled', cancelled_by: 'patient' })
      .where('id', '=', id)
      .execute();
    expect((await bookTopUp(db, seen.me, at(seen, second!))).id).not.toBe(id);
  });

  it('waits for the review visit', async () => {
    const seen = await treated({ review: false });
    expect(await barsOf(seen)).toEqual([
      'A small correction follows a review visit, 14 to 28 days after the treatment.',
    ]);
    expect(await offered(seen)).toEqual([]);
    expect(await stepOf(seen)).toMatchObject({ state: 'not_yet', opens: 'Your review visit, in person.' });
    await expectRefusal(bookTopUp(world.db, seen.me, at(seen, onDay(seen, 18))), 'top_up_not_open');
  });

  it('waits for two weeks to pass, and is over after four', async () => {
    const { db, owner } = world;
    const early = await treated({ days: 8 });
    expect(await barsOf(early)).toEqual([]);
    expect(await stepOf(early)).toMatchObject({ state: 'ready' });
    await expectRefusal(bookTopUp(db, early.me, at(early, onDay(early, 12))), 'top_up_not_open');
    await expectRefusal(bookTopUp(db, early.me, at(early, onDay(early, 29))), 'top_up_not_open');
    await passTime(owner, { hours: 21 * DAY });
    expect(await barsOf(early)).toEqual([
      'A small correction is possible until 28 days after the treatment. That time is over.',
    ]);
    expect(await stepOf(early)).toMatchObject({ state: 'not_yet', opens: 'A new consultation.' });
  });

  it('is there only where something was kept back', async () => {
    const seen = await treated({ topUpUnits: 0 });
    expect(await stepOf(seen)).toBeUndefined();
    await expectRefusal(bookTopUp(world.db, seen.me, at(seen, onDay(seen, 18))), 'top_up_not_open');
  });

  it('is the prescriber’s, where each treatment needs a consultation', async () => {
    const { db, town } = world;
    const seen = await treated({ injector: town.injector });
    expect(await barsOf(seen)).toEqual([
      'Here your prescriber gives a small correction, and your prescription names somebody else.',
    ]);
    await expectRefusal(bookTopUp(db, seen.me, at(seen, onDay(seen, 18))), 'top_up_not_open');
    const page = await readTopUpTimes(db, as(town.prescriber), seen.prescriptionId, null);
    expect(page.blocked.map(({ title }) => title)).toEqual(['Top-up']);
  });

  it('stops at everything that a treatment stops at', async () => {
    const { db } = world;
    const changed = await treated();
    const [time] = await offered(changed);
    await answerHealthQuestions(db, changed.me, {
      answers: { more: 'A new medicine' },
      lastTreatedElsewhereOn: null,
    });
    await expectRefusal(bookTopUp(db, changed.me, at(changed, time!)), 'prescriber_review_needed');

    const withdrawn = await treated();
    const [later] = await offered(withdrawn);
    await withdrawConsent(db, withdrawn.me, { prescriptionId: withdrawn.prescriptionId });
    expect(await barsOf(withdrawn)).toHaveLength(1);
    await expectRefusal(bookTopUp(db, withdrawn.me, at(withdrawn, later!)), 'consent_missing');
    expect(await offered(withdrawn)).toEqual([]);

    const closed = await treated();
    const [third] = await offered(closed);
    await closeEpisode(db, closed.me, { episodeId: closed.treatment.episodeId });
    await expectRefusal(bookTopUp(db, closed.me, at(closed, third!)), 'not_now');
    expect(await stepOf(closed)).toBeUndefined();
  });

  it('is booked by the practitioners of it too, and for nobody else there is one', async () => {
    const { db, owner, town } = world;
    const seen = await treated();
    const [time] = await offered(seen);
    for (const stranger of [as(await patient(owner)), as(town.otherPrescriber), as(town.injector)]) {
      await expectRefusal(bookTopUp(db, stranger, at(seen, time!)), 'not_found');
      await expectRefusal(readTopUpTimes(db, stranger, seen.prescriptionId, null), 'not_found');
    }
    const page = await readTopUpTimes(db, as(town.prescriber), seen.prescriptionId, null);
    expect(page).toMatchObject({ dose: '8 Allergan units', blocked: [], topUpId: null });
    const { id } = await bookTopUp(db, as(town.prescriber), at(seen, time!));
    expect(await stateOf(world, id)).toBe('confirmed');
    await expectRefusal(
      bookTopUp(db, seen.me, { ...at(seen, time!), prescriptionId: randomUUID() }),
      'not_found',
    );
  });

  it('is nothing before the treatment has been given', async () => {
    const { db, owner, town } = world;
    await passTime(owner, { hours: 3 });
    const who = await patient(owner);
    const where = town.leeds;
    const consultation = await consulted(owner, { patient: who, prescriber: town.prescriber, where });
    const { id: prescriptionId } = await prescribe(owner, consultation, { topUpUnits: 8 });
    await expectRefusal(
      bookTopUp(db, as(who), {
        prescriptionId,
        locationId: where.locationId,
        start: await later(owner, { days: 20 }),
      }),
      'top_up_not_open',
    );
    await expectRefusal(readTopUpTimes(db, as(who), prescriptionId, null), 'not_found');
  });
});
