import { beforeAll, describe, expect, it } from 'vitest';
import { notifyPatient } from '#lib/server/domain/notifications/notify.ts';
import { bookForPatient, takeWalkIn } from '#lib/server/domain/reception/book-for-patient.ts';
import { cancelForPatient, moveForPatient } from '#lib/server/domain/reception/change-for-patient.ts';
import { findPeople } from '#lib/server/domain/reception/people.ts';
import { readDay, readPerson, readTimes, readVisit } from '#lib/server/domain/reception/reads.ts';
import { transact } from '#lib/server/domain/shared/transact.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { consulted } from '../../builders/care.ts';
import { patient } from '../../builders/people.ts';
import { book } from '../../builders/visits.ts';
import { as, expectRefusal, rows } from '../booking/world.ts';
import { bookNew, freeTime, moveClockTo, openDesk, someone, type DeskWorld } from './world.ts';

let world: DeskWorld;
beforeAll(async () => {
  world = await openDesk();
});

const people = ({ owner }: DeskWorld) =>
  owner
    .selectFrom('patient')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();

describe('booking for somebody', () => {
  it('keeps a new person and the booking together, says who booked and how, and writes no letter without an address', async () => {
    const { id, patientId, start } = await bookNew(world, { givenName: 'Winifred' });
    const { owner, joe } = world;
    const row = await owner
      .selectFrom('appointment')
      .innerJoin('patient', 'patient.id', 'appointment.patient_id')
      .where('appointment.id', '=', id)
      .select(['state', 'channel', 'booked_by', 'patient_id', 'account_id', 'entered_by', 'during'])
      .executeTakeFirstOrThrow();
    const accountId = joe.kind === 'account' ? joe.accountId : '';
    expect(row).toMatchObject({
      state: 'confirmed',
      channel: 'telephone',
      booked_by: accountId,
      patient_id: patientId,
      account_id: null,
      entered_by: accountId,
    });
    expect(row.during.start!.equals(start)).toBe(true);

    const event = await owner
      .selectFrom('event')
      .where('subject_id', '=', id)
      .select('id')
      .executeTakeFirstOrThrow();
    await notifyPatient(owner, new URL('http://localhost'), {
      id: event.id,
      type: 'appointment.confirmed',
      appointmentId: id,
      payload: {},
    });
    expect(await owner.selectFrom('mail_message').selectAll().execute()).toEqual([]);
  });

  it('of a time that is taken keeps nothing, not even the person', async () => {
    const { start } = await bookNew(world);
    const before = [await people(world), await rows(world.owner)];
    const { prescriber, leeds } = world.town;
    await expectRefusal(
      bookForPatient(world.db, world.joe, {
        person: { newPerson: someone({ givenName: 'Late' }), isAnother: true },
        practitionerId: prescriber.id,
        locationId: leeds.locationId,
        start,
        channel: 'desk',
        needs: [],
      }),
      'slot_taken',
    );
    expect([await people(world), await rows(world.owner)]).toEqual(before);
  });

  it('refuses who is under age before anything is kept', async () => {
    const { practitionerId, locationId, start } = await freeTime(world);
    const day = (await appNow(world.owner)).toZonedDateTimeISO('Europe/London').toPlainDate();
    const dateOfBirth = day.subtract({ years: 18 }).add({ days: 1 }).toString();
    const before = [await people(world), await rows(world.owner)];
    const at = { practitionerId, locationId, start, needs: [] };
    const person = { newPerson: someone({ dateOfBirth }), isAnother: true };
    await expectRefusal(
      bookForPatient(world.db, world.joe, { ...at, person, channel: 'telephone' }),
      'under_age',
    );
    await expectRefusal(takeWalkIn(world.db, world.joe, { person, needs: [] }), 'under_age');
    await expectRefusal(findPeople(world.db, world.joe, { dateOfBirth, name: '' }), 'under_age');
    expect([await people(world), await rows(world.owner)]).toEqual(before);
  });

  it('back-dates nothing', async () => {
    const { prescriber, leeds } = world.town;
    const { start } = await freeTime(world);
    await expectRefusal(
      bookForPatient(world.db, world.joe, {
        person: { newPerson: someone(), isAnother: true },
        practitionerId: prescriber.id,
        locationId: leeds.locationId,
        start: start.subtract({ hours: 24 * 7 }),
        channel: 'desk',
        needs: [],
      }),
      'slot_not_offered',
    );
  });

  it('takes twice the time with an interpreter, and offers such times', async () => {
    const { db, joe, owner, town } = world;
    const needs = ['interpreter'];
    const offered = await readTimes(db, joe, null, needs);
    const theirs = offered.practitioners.find(({ id }) => id.startsWith(town.prescriber.id))!;
    const [at, locationId, practitionerId] = theirs.days.at(-1)!.times.at(-1)!.value.split(' ');
    const { id } = await bookForPatient(db, joe, {
      person: { newPerson: someone({ givenName: 'Aysel' }), isAnother: true },
      practitionerId: practitionerId!,
      locationId: locationId!,
      start: Temporal.Instant.from(at!),
      channel: 'desk',
      needs,
    });
    const { during } = await owner
      .selectFrom('appointment')
      .where('id', '=', id)
      .select('during')
      .executeTakeFirstOrThrow();
    expect(during.end!.since(during.start!).total('minutes')).toBe(60);
  });

  it('asked twice with one key books once', async () => {
    const { practitionerId, locationId, start } = await freeTime(world);
    const input = {
      person: { newPerson: someone({ givenName: 'Twice' }), isAnother: true },
      practitionerId,
      locationId,
      start,
      channel: 'telephone' as const,
      needs: [],
      requestKey: 'one-press-of-a-button',
    };
    const first = await bookForPatient(world.db, world.joe, input);
    expect(await bookForPatient(world.db, world.joe, input)).toEqual(first);
  });
});

it('a letter to somebody without an account says whom to call', async () => {
  const { owner } = world;
  const { id } = await bookNew(world, { email: 'oona@example.test' });
  const event = await owner
    .selectFrom('event')
    .where('subject_id', '=', id)
    .select('id')
    .executeTakeFirstOrThrow();
  await notifyPatient(owner, new URL('http://localhost'), {
    id: event.id,
    type: 'appointment.confirmed',
    appointmentId: id,
    payload: {},
  });
  const letter = await owner
    .selectFrom('mail_message')
    .select(['to_address', 'body'])
    .executeTakeFirstOrThrow();
  expect(letter.to_address).toBe('oona@example.test');
  expect(letter.body).toContain('You have no account with us yet, and need none: call +44 113 496 0000');
});

describe('who is here already', () => {
  it('is found by date of birth, the like name first, also with day and month turned', async () => {
    const { patientId } = await bookNew(world, { givenName: 'Mairéad', dateOfBirth: '1970-05-09' });
    const other = await bookNew(world, {
      givenName: 'Bob',
      familyName: 'Stone',
      dateOfBirth: '1970-05-09',
    });
    const find = (dateOfBirth: string, name: string) =>
      findPeople(world.db, world.joe, { dateOfBirth, name }).then(({ people }) => people.map(({ id }) => id));
    expect(await find('1970-05-09', 'mairead featherstone')).toEqual([patientId, other.patientId]);
    expect(await find('1970-09-05', 'Mairead Featherstone')).toEqual([patientId]);
    expect(await find('1970-09-05', '')).toEqual([]);
  });

  it('is asked about before a second entry is made', async () => {
    const name = { givenName: 'Georgina', dateOfBirth: '1955-01-31' };
    await bookNew(world, name);
    const { practitionerId, locationId, start } = await freeTime(world);
    const again = {
      practitionerId,
      locationId,
      start,
      channel: 'telephone' as const,
      needs: [],
    };
    const newPerson = someone({ ...name, givenName: 'Georgena' });
    await expectRefusal(
      bookForPatient(world.db, world.joe, { ...again, person: { newPerson, isAnother: false } }),
      'likely_known',
    );
    await bookForPatient(world.db, world.joe, { ...again, person: { newPerson, isAnother: true } });
  });

  it('exists for the own clinic alone, and every look is noted', async () => {
    const { patientId, id } = await bookNew(world, { dateOfBirth: '1949-07-07' });
    const looking = { dateOfBirth: '1949-07-07', name: 'Oona Featherstone' };
    expect((await findPeople(world.db, world.elsewhere, looking)).people).toEqual([]);
    await expectRefusal(readPerson(world.db, world.elsewhere, patientId), 'not_found');
    await expectRefusal(readVisit(world.db, world.elsewhere, id), 'not_found');
    await expectRefusal(readDay(world.db, as(world.town.patient), null), 'not_found');
    await expectRefusal(readTimes(world.db, as(world.town.prescriber), null), 'not_found');

    await findPeople(world.db, world.joe, looking);
    await readPerson(world.db, world.joe, patientId);
    const noted = await world.owner
      .selectFrom('audit')
      .where('stream', '=', `patient:${patientId}`)
      .select('action')
      .orderBy('seq')
      .execute();
    expect(noted.map(({ action }) => action)).toEqual([
      'appointment.booked_at_desk',
      'person.found_at_desk',
      'person.read_at_desk',
    ]);
  });
});

describe('the day', () => {
  it('names who comes and which papers are due, and opens no clinical record', async () => {
    const { town, owner, db, joe } = world;
    const seen = await patient(owner);
    await consulted(owner, { patient: seen, prescriber: town.prescriber, where: town.leeds });
    const { id } = await bookNew(world, { givenName: 'Newcomer' });
    const day = (await appNow(owner)).add({ hours: 24 }).toString().slice(0, 10);

    const visits = (await readDay(db, joe, day)).practitioners.flatMap(({ visits }) => visits);
    expect(visits.find((visit) => visit.id === id)).toMatchObject({
      kind: 'Consultation',
      stateText: 'Booked',
      due: ['Photo identification', 'Answers to the health questions'],
    });
    const today = (await readDay(db, joe, null)).practitioners.flatMap(({ visits }) => visits);
    expect(today.find(({ patientId }) => patientId === seen.id)).toMatchObject({
      stateText: 'Done',
      due: [],
    });

    const tables = ['health_answers', 'consultation_record', 'prescription', 'consent'] as const;
    for (const table of tables) {
      const read = await transact(db, joe, (trx) => trx.selectFrom(table).selectAll().execute());
      expect([table, read]).toEqual([table, []]);
    }
  });

  it('leads on to the next day with visits, where it is empty', async () => {
    const { owner, db, joe } = world;
    const { id } = await bookNew(world, { givenName: 'Onward' });
    const { during } = await owner
      .selectFrom('appointment')
      .where('id', '=', id)
      .select('during')
      .executeTakeFirstOrThrow();
    const dayOf = (instant: Temporal.Instant) => instant.toString().slice(0, 10);
    expect((await readDay(db, joe, dayOf(during.start!))).nextBooked).toBeNull();
    const empty = dayOf((await appNow(owner)).subtract({ hours: 400 * 24 }));
    expect(await readDay(db, joe, empty)).toMatchObject({ practitioners: [], nextBooked: null });
    const { nextBooked } = await readDay(db, joe, dayOf((await appNow(owner)).subtract({ hours: 48 })));
    expect(nextBooked!.date <= dayOf(during.start!)).toBe(true);
    expect(nextBooked!.text).toMatch(/^\w{3} \d+ \w+$/);
  });

  it('is moved and cancelled in the name of who asks for it', async () => {
    const { id } = await bookNew(world, { givenName: 'Changing' });
    const { start } = await freeTime(world, 5);
    await moveForPatient(world.db, world.joe, { appointmentId: id, start, askedBy: 'patient' });
    await expectRefusal(
      moveForPatient(world.db, world.elsewhere, { appointmentId: id, start, askedBy: 'patient' }),
      'not_found',
    );
    await cancelForPatient(world.db, world.joe, {
      appointmentId: id,
      askedBy: 'patient',
      reason: 'Called this morning',
      reasonCode: 'illness',
    });
    const row = await world.owner
      .selectFrom('appointment')
      .where('id', '=', id)
      .select(['state', 'cancelled_by', 'cancelled_late', 'during'])
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ state: 'cancelled', cancelled_by: 'patient', cancelled_late: false });
    expect(row.during.start!.equals(start)).toBe(true);
  });
});

describe('a walk-in', () => {
  it('is taken by the first who is free now, for the next minute, and is here', async () => {
    const { owner, db, joe, town } = world;
    const now = await appNow(owner);
    await book(owner, {
      kind: 'consultation',
      patient: await patient(owner),
      who: town.prescriber,
      where: town.leeds,
      at: now.round({ smallestUnit: 'minute', roundingMode: 'ceil' }),
    });
    const taken = await takeWalkIn(db, joe, {
      person: { newPerson: someone({ givenName: 'Passing' }), isAnother: true },
      needs: ['step_free'],
    });
    const row = await owner
      .selectFrom('appointment')
      .where('id', '=', taken.id)
      .select(['state', 'channel', 'practitioner_id', 'during', 'needs'])
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      state: 'arrived',
      channel: 'walk_in',
      practitioner_id: town.otherPrescriber.id,
      needs: ['step_free'],
    });
    expect(row.during.start!.since(now).total('seconds')).toBeLessThanOrEqual(60);
    // Now both who consult are busy.
    await expectRefusal(
      takeWalkIn(db, joe, { person: { patientId: taken.patientId }, needs: [] }),
      'nobody_free',
    );
  });

  it('waits until the hours begin', async () => {
    const { owner, db, joe } = world;
    const evening = (await appNow(owner)).toZonedDateTimeISO('Europe/London').with({ hour: 19 }).toInstant();
    await moveClockTo(owner, evening);
    const person = { newPerson: someone({ givenName: 'Evening' }), isAnother: true };
    await expectRefusal(takeWalkIn(db, joe, { person, needs: [] }), 'nobody_free');
  });
});
