import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { acceptCarer } from '#lib/server/domain/booking/accept-carer.ts';
import { appealMark } from '#lib/server/domain/booking/appeal-mark.ts';
import { arrive } from '#lib/server/domain/booking/arrive.ts';
import { cancelAppointment } from '#lib/server/domain/booking/cancel-appointment.ts';
import {
  readCaredFor,
  readCaredVisit,
  readInvitation,
  readMyCarers,
  readTimesForCared,
} from '#lib/server/domain/booking/carer-reads.ts';
import { carerMay } from '#lib/server/domain/booking/carers.ts';
import { confirmBooking } from '#lib/server/domain/booking/confirm-booking.ts';
import { endCarer, setCarerLetters } from '#lib/server/domain/booking/end-carer.ts';
import { inviteCarer } from '#lib/server/domain/booking/invite-carer.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import { readBooking } from '#lib/server/domain/booking/reads.ts';
import { answerHealthQuestions } from '#lib/server/domain/care/answer-health-questions.ts';
import { readMyHealth } from '#lib/server/domain/care/health-reads.ts';
import { readMyVisit } from '#lib/server/domain/care/my-care.ts';
import { notifyPatient } from '#lib/server/domain/notifications/notify.ts';
import { findDeliverable } from '#lib/server/domain/notifications/reads.ts';
import { passTime } from '../../builders/act.ts';
import { account, patient, type Patient } from '../../builders/people.ts';
import { booked, rowOf } from './booked.ts';
import { as, eventsOf, expectRefusal, hold, openWorld, slots, type World } from './world.ts';

let world: World;
let next = 0;
/** A free time of the prescriber's, each time another, days from now. */
const aTime = async () => (await slots(world)).at((next += 5) + 30)!.start;

beforeAll(async () => {
  world = await openWorld();
});

const anAddress = () => `${randomUUID()}@example.test`;
const linkOf = (code: string) => `https://steadyhand.test/carer/accept?code=${code}`;

/** Asks, and answers the code that the letter carries. */
async function invite(person: Patient, email: string, getsLetters = false): Promise<string> {
  await inviteCarer(world.db, as(person), linkOf, { email, getsLetters });
  const { body } = await world.owner
    .selectFrom('mail_message')
    .select('body')
    .where('to_address', '=', email)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  return /code=([\w-]+)/.exec(body)![1]!;
}

/** A patient and somebody who has said yes to looking after their times. */
async function pair({ getsLetters = false, helper }: { getsLetters?: boolean; helper?: Patient } = {}) {
  const person = await patient(world.owner);
  const email = anAddress();
  const accountId = helper?.accountId ?? (await account(world.owner, { email })).accountId;
  if (helper) await world.owner.updateTable('account').set({ email }).where('id', '=', accountId).execute();
  await acceptCarer(world.db, as({ accountId }), { code: await invite(person, email, getsLetters) });
  const [mine] = await readMyCarers(world.db, as(person));
  return { person, email, carer: as({ accountId }), accountId, carerId: mine!.id };
}

describe('asking somebody', () => {
  it('the one who was asked says yes, and nobody else with the same link', async () => {
    const { db, owner } = world;
    const person = await patient(owner);
    const email = anAddress();
    const code = await invite(person, email);
    const thief = as(await account(owner));
    expect(await readInvitation(db, thief, code)).toBeUndefined();
    await expectRefusal(acceptCarer(db, thief, { code }), 'invitation_ended');
    await expectRefusal(acceptCarer(db, thief, { code: 'nothing' }), 'invitation_ended');
    expect(await readMyCarers(db, as(person))).toMatchObject([{ email, name: null }]);

    const helper = as(await account(owner, { email }));
    expect((await readInvitation(db, helper, code))!.from).toBeTruthy();
    await acceptCarer(db, helper, { code });
    await expectRefusal(acceptCarer(db, helper, { code }), 'invitation_ended');
    expect((await readMyCarers(db, as(person)))[0]!.name).not.toBeNull();
    expect(await readCaredFor(db, helper)).toMatchObject([{ visits: [] }]);
  });

  it('runs out after a week, and can then be asked again', async () => {
    const person = await patient(world.owner);
    const email = anAddress();
    const code = await invite(person, email);
    await expectRefusal(invite(person, email), 'carer_invited_already');
    await passTime(world.owner, { hours: 7 * 24 });
    const helper = as(await account(world.owner, { email }));
    await expectRefusal(acceptCarer(world.db, helper, { code }), 'invitation_ended');
    await acceptCarer(world.db, helper, { code: await invite(person, email) });
  });

  it('three at most, and never oneself', async () => {
    const { db, owner } = world;
    const person = await patient(owner);
    const { email: own } = await owner
      .selectFrom('account')
      .select('email')
      .where('id', '=', person.accountId)
      .executeTakeFirstOrThrow();
    await expectRefusal(invite(person, own), 'carer_not_oneself');
    for (let nth = 0; nth < 3; nth += 1) await invite(person, anAddress());
    await expectRefusal(invite(person, anAddress()), 'carers_full');
    const [first] = await readMyCarers(db, as(person));
    await endCarer(db, as(person), { carerId: first!.id });
    await invite(person, anAddress());
    await expectRefusal(
      inviteCarer(db, as(await account(owner)), linkOf, { email: own, getsLetters: false }),
      'not_found',
    );
  });

  it('either side ends it, nobody else, and from then on nothing opens', async () => {
    const { db } = world;
    const { person, carer, carerId } = await pair();
    const { appointmentId } = await booked(world, await aTime(), { person });
    await expectRefusal(endCarer(db, as(await account(world.owner)), { carerId }), 'not_found');
    await readCaredVisit(db, carer, appointmentId);
    await endCarer(db, carer, { carerId });
    await expectRefusal(endCarer(db, as(person), { carerId }), 'not_found');
    await expectRefusal(readCaredVisit(db, carer, appointmentId), 'not_found');
    await expectRefusal(cancelAppointment(db, carer, { appointmentId }), 'not_found');
    expect(await readCaredFor(db, carer)).toEqual([]);
  });
});

describe('what a carer does', () => {
  it('sees when, where and with whom, moves it and cancels it; the history says who did', async () => {
    const { db, owner } = world;
    const { person, carer, accountId } = await pair();
    const { appointmentId } = await booked(world, await aTime(), { person });
    const [cared] = await readCaredFor(db, carer);
    expect(cared!.visits).toMatchObject([{ id: appointmentId, mayMove: true, mayCancel: true }]);
    expect(JSON.stringify(cared)).not.toMatch(/consultation|treatment|review/i);

    const { days } = await readTimesForCared(db, carer, appointmentId, null);
    const start = Temporal.Instant.from(days.at(-1)!.times[0]!.datetime);
    await moveAppointment(db, carer, { appointmentId, start });
    await cancelAppointment(db, carer, { appointmentId });
    const events = await owner
      .selectFrom('event')
      .select(['type', 'actor_id'])
      .where('subject_id', '=', appointmentId)
      .where('type', 'in', ['appointment.moved', 'appointment.cancelled'])
      .execute();
    expect(events.map(({ actor_id }) => actor_id)).toEqual([accountId, accountId]);
    const reads = await owner
      .selectFrom('audit')
      .select('action')
      .where('stream', '=', `patient:${person.id}`)
      .execute();
    expect(reads.map(({ action }) => action)).toContain('appointments.read_by_carer');
  });

  it('books for the person, born on the day the time was kept for, and is named as who booked', async () => {
    const { db } = world;
    const { person, carer, accountId } = await pair();
    const kept = await hold(world, await aTime(), { actor: carer, dateOfBirth: person.dateOfBirth });
    const own = { appointmentId: kept.id, partyId: kept.partyId };
    expect((await readBooking(db, carer, own)).caredFor).toMatchObject([{ id: person.id }]);
    const stranger = await patient(world.owner);
    await expectRefusal(confirmBooking(db, carer, { ...own, forPatientId: stranger.id }), 'not_found');
    await confirmBooking(db, carer, { ...own, forPatientId: person.id });
    expect(await rowOf(world, kept.id)).toMatchObject({
      state: 'confirmed',
      patient_id: person.id,
      booked_by: accountId,
    });
    expect(await readMyVisit(db, as(person), kept.id)).toMatchObject({ id: kept.id });
    expect(await eventsOf(world, kept.id)).toEqual(['appointment.held', 'appointment.confirmed']);
  });

  it('books for the person when patient themselves, and never with another date of birth', async () => {
    const { db, owner } = world;
    const helper = await patient(owner, { dateOfBirth: '1951-05-05' });
    const { person, carer } = await pair({ helper });
    const mine = await hold(world, await aTime(), { actor: carer, dateOfBirth: null });
    await expectRefusal(
      confirmBooking(db, carer, { appointmentId: mine.id, partyId: mine.partyId, forPatientId: person.id }),
      'details_differ',
    );
    const kept = await hold(world, await aTime(), { actor: carer, dateOfBirth: person.dateOfBirth });
    await confirmBooking(db, carer, {
      appointmentId: kept.id,
      partyId: kept.partyId,
      forPatientId: person.id,
    });
    expect((await rowOf(world, kept.id)).patient_id).toBe(person.id);
  });

  it('leaves the time of a treatment to the patient and the clinic', () => {
    expect(carerMay('move', 'consultation')).toBe(true);
    expect(carerMay('move', 'follow_up')).toBe(true);
    expect(carerMay('move', 'treatment')).toBe(false);
    expect(carerMay('cancel', 'treatment')).toBe(true);
    expect(carerMay('markNoShow', 'consultation')).toBe(false);
  });

  it('is a stranger to everything else', async () => {
    const { db } = world;
    const { person, carer, carerId } = await pair();
    const { appointmentId } = await booked(world, await aTime(), { person });
    for (const tried of [
      () => readMyVisit(db, carer, appointmentId),
      () => readMyHealth(db, carer),
      () => answerHealthQuestions(db, carer, { answers: {}, lastTreatedElsewhereOn: null }),
      () => arrive(db, carer, { appointmentId }),
      () => appealMark(db, carer, { appointmentId, words: 'I was there.' }),
      () => inviteCarer(db, carer, linkOf, { email: anAddress(), getsLetters: false }),
      () => setCarerLetters(db, carer, { carerId, getsLetters: true }),
    ])
      await expectRefusal(tried(), 'not_found');
  });
});

describe('letters', () => {
  const lettersAbout = async (appointmentId: string, email: string) => {
    const { id } = await world.owner
      .selectFrom('event')
      .select('id')
      .where('subject_id', '=', appointmentId)
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    const event = (await findDeliverable(world.owner, id))!;
    const deliver = () =>
      notifyPatient(world.owner, new URL('https://steadyhand.test'), { ...event, appointmentId });
    await deliver();
    await deliver();
    return world.owner
      .selectFrom('mail_message')
      .select(['subject', 'body'])
      .where('to_address', '=', email)
      .where('subject', 'like', '%’s appointment%')
      .execute();
  };

  it('go to the carer too where the patient ticked it, once, for whom, in neutral words', async () => {
    const { db } = world;
    const { person, carerId, email } = await pair();
    const { appointmentId } = await booked(world, await aTime(), { person });
    expect(await lettersAbout(appointmentId, email)).toEqual([]);
    await setCarerLetters(db, as(person), { carerId, getsLetters: true });
    const letters = await lettersAbout(appointmentId, email);
    expect(letters).toHaveLength(1);
    expect(letters[0]!.body).toContain('https://steadyhand.test/carer');
    expect(letters[0]!.body).not.toMatch(/my-care|consultation|treatment|questions before/);
  });
});
