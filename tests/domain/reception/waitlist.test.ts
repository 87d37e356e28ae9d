import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { cancelForPatient } from '#lib/server/domain/reception/change-for-patient.ts';
import type { ForWhom } from '#lib/server/domain/reception/book-for-patient.ts';
import { readDay, readPerson, readWaiting } from '#lib/server/domain/reception/reads.ts';
import {
  answerForPatient,
  askForPatient,
  leaveForPatient,
} from '#lib/server/domain/reception/wait-for-patient.ts';
import type { Actor } from '#lib/server/domain/shared/actor.ts';
import type { WishInput } from '#lib/server/domain/waitlist/input.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { rowOf } from '../booking/booked.ts';
import { expectRefusal } from '../booking/world.ts';
import { work } from '../waitlist/world.ts';
import { bookNew, openDesk, someone, type DeskWorld } from './world.ts';

let world: DeskWorld;
beforeAll(async () => {
  world = await openDesk();
});

async function wish(about: Partial<WishInput>): Promise<WishInput> {
  const today = (await appNow(world.db)).toZonedDateTimeISO(world.town.leeds.timeZone).toPlainDate();
  return {
    appointment: undefined,
    practitioner: undefined,
    near: undefined,
    radiusKm: undefined,
    weekdays: [1, 2, 3, 4, 5, 6, 7],
    fromMinute: 0,
    untilMinute: 1440,
    earliestDay: today.toString(),
    latestDay: today.add({ days: 60 }).toString(),
    ...about,
  };
}
const askFor = async (person: ForWhom, about: Partial<WishInput>, who: Actor = world.joe) =>
  askForPatient(world.db, who, { person, ...(await wish(about)) });
const newcomer = (about = {}): ForWhom => ({ newPerson: someone(about), isAnother: true });

/** Somebody's visit is called off, and its time goes to who waits. */
async function timeComesFree(nth: number) {
  const gone = await bookNew(world, {}, nth);
  await cancelForPatient(world.db, world.joe, { appointmentId: gone.id, askedBy: 'patient', reason: '' });
  await work(world);
  return gone.start;
}

it('a caller waits for an earlier time of a visit, is rung, and it moves', async () => {
  const { db, joe } = world;
  const visit = await bookNew(world, {}, 30);
  const person = { patientId: visit.patientId };
  await askFor(person, { appointment: visit.id });
  await expectRefusal(askFor(person, { appointment: visit.id }), 'already_waiting');
  expect((await readWaiting(db, joe, visit.patientId)).entries).toMatchObject([{ offer: null }]);

  const start = await timeComesFree(2);
  const { keptTimes } = await readDay(db, joe, null);
  expect(keptTimes).toMatchObject([{ patientId: visit.patientId, patientName: 'Oona Featherstone' }]);
  const [waiting] = (await readWaiting(db, joe, visit.patientId)).entries;
  const answer = { patientId: visit.patientId, offerId: waiting!.offer!.id, answer: 'accept' as const };
  await expectRefusal(answerForPatient(db, world.elsewhere, answer), 'not_found');
  expect(await answerForPatient(db, joe, answer)).toEqual({ appointmentId: visit.id });
  expect((await rowOf(world, visit.id)).during.start!.toString()).toBe(start.toString());
  expect((await readWaiting(db, joe, visit.patientId)).entries).toEqual([]);
  expect((await readDay(db, joe, null)).keptTimes).toEqual([]);
});

it('somebody new waits without a visit, and this clinic alone knows of them', async () => {
  const { db, joe, town, owner } = world;
  const key = randomUUID();
  const asked = {
    person: newcomer({ givenName: 'Wren' }),
    practitioner: town.prescriber.slug,
    requestKey: key,
  };
  const first = await askForPatient(db, joe, { ...(await wish({})), ...asked });
  expect(await askForPatient(db, joe, { ...(await wish({})), ...asked })).toEqual(first);
  const { patientId } = first;

  expect(await readPerson(db, joe, patientId)).toMatchObject({ name: 'Wren Featherstone', visits: [] });
  await expectRefusal(readPerson(db, world.elsewhere, patientId), 'not_found');
  await expectRefusal(readWaiting(db, world.elsewhere, patientId), 'not_found');
  await expectRefusal(leaveForPatient(db, world.elsewhere, { patientId, entryId: first.id }), 'not_found');
  await expectRefusal(
    askFor({ patientId }, { practitioner: town.prescriber.slug }, world.elsewhere),
    'not_found',
  );
  const audited = await owner
    .selectFrom('audit')
    .where('stream', '=', `patient:${patientId}`)
    .where('action', '=', 'waitlist.asked_at_desk')
    .select('subject_id')
    .execute();
  expect(audited).toEqual([{ subject_id: (joe as { accountId: string }).accountId }]);

  const start = await timeComesFree(5);
  const [waiting] = (await readWaiting(db, joe, patientId)).entries;
  const { appointmentId } = await answerForPatient(db, joe, {
    patientId,
    offerId: waiting!.offer!.id,
    answer: 'accept',
  });
  expect(await rowOf(world, appointmentId!)).toMatchObject({
    patient_id: patientId,
    state: 'confirmed',
    channel: 'waitlist',
  });
  expect((await rowOf(world, appointmentId!)).during.start!.toString()).toBe(start.toString());
});

it('a time that is let go on the telephone goes to the next, and who no longer wants to wait leaves', async () => {
  const { db, joe, town } = world;
  const one = await askFor(newcomer({ givenName: 'First' }), { practitioner: town.prescriber.slug });
  const two = await askFor(newcomer({ givenName: 'Second' }), { practitioner: town.prescriber.slug });
  await timeComesFree(8);
  const offerOf = async ({ patientId }: { patientId: string }) =>
    (await readWaiting(db, joe, patientId)).entries[0]?.offer ?? null;
  expect([await offerOf(one), await offerOf(two)]).toEqual([expect.anything(), null]);
  const offerId = (await offerOf(one))!.id;
  await answerForPatient(db, joe, { patientId: one.patientId, offerId, answer: 'decline' });
  await work(world);
  expect([await offerOf(one), await offerOf(two)]).toEqual([null, expect.anything()]);
  for (const { id: entryId, patientId } of [one, two]) await leaveForPatient(db, joe, { patientId, entryId });
  expect(await offerOf(two)).toBe(null);
});

it('is refused for visits and practitioners of others, for the under-aged, and for who is probably here', async () => {
  const { db, town } = world;
  const { patientId } = await bookNew(world, { dateOfBirth: '1970-01-01' }, 12);
  const theirs = { practitioner: town.otherPrescriber.slug };
  await expectRefusal(askFor(newcomer(), theirs, world.elsewhere), 'not_found');
  await expectRefusal(askFor({ patientId }, { near: 'Leeds', radiusKm: 10 }), 'not_found');
  const young = (await appNow(db)).toZonedDateTimeISO('UTC').toPlainDate().subtract({ years: 17 });
  const practitioner = town.prescriber.slug;
  await expectRefusal(askFor(newcomer({ dateOfBirth: young.toString() }), { practitioner }), 'under_age');
  await expectRefusal(
    askFor({ newPerson: someone({ dateOfBirth: '1970-01-01' }), isAnother: false }, { practitioner }),
    'likely_known',
  );
});
