import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { fallsOn, meet } from '#lib/server/domain/availability/hours.ts';
import {
  hoursForm,
  openingForm,
  roomForm,
  termsForm,
  typedHours,
} from '#lib/server/domain/availability/input.ts';
import { readPreview } from '#lib/server/domain/availability/preview-hours.ts';
import { freeSlots } from '#lib/server/domain/availability/reads.ts';
import { saveHours } from '#lib/server/domain/availability/save-hours.ts';
import { saveOpening, withdrawOpening } from '#lib/server/domain/availability/save-opening.ts';
import { saveRoom } from '#lib/server/domain/availability/save-room.ts';
import { saveTerms } from '#lib/server/domain/availability/save-terms.ts';
import { APPOINTMENT_KINDS, type WeeklyHours } from '#lib/server/domain/availability/schedule.ts';
import { readSchedule } from '#lib/server/domain/availability/schedule-reads.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import type { InstantRange } from '#lib/server/platform/instants.ts';
import { book } from '../../builders/visits.ts';
import { as, expectRefusal, openWorld, stateOf, type World } from '../booking/world.ts';

let world: World;
let leeds: string;
beforeAll(async () => {
  world = await openWorld();
  leeds = world.town.leeds.locationId;
});

const line = (about: Partial<WeeklyHours>): WeeklyHours => ({
  weekday: 1,
  startMinute: 540,
  endMinute: 1020,
  kinds: APPOINTMENT_KINDS,
  everyWeeks: 1,
  firstMonday: null,
  validFrom: null,
  validTo: null,
  ...about,
});

const messages = (form: typeof hoursForm, values: Record<string, string | string[]>) =>
  form.safeParse(values).error?.issues.map(({ path, message }) => `${String(path[0])}: ${message}`) ?? [];

/** Monday of the week after this one, in Leeds. */
async function nextMonday(): Promise<Temporal.PlainDate> {
  const today = (await appNow(world.owner)).toZonedDateTimeISO('Europe/London').toPlainDate();
  return today.add({ days: 8 - today.dayOfWeek });
}

async function startsOn(day: Temporal.PlainDate): Promise<string[]> {
  const { id } = world.town.prescriber;
  const dates = { from: day.toString(), to: day.toString() };
  const slots = await freeSlots(world.db, { practitionerIds: [id], locationId: leeds, ...dates });
  return slots.map(({ start }) =>
    start.toZonedDateTimeISO('Europe/London').toPlainTime().toString().slice(0, 5),
  );
}

async function scheduleEvents(): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) FROM event WHERE type = 'schedule.changed' AND subject_id = ${world.town.prescriber.id}`.execute(
    world.owner,
  );
  return rows[0]!.count;
}

describe('the form of weekly hours', () => {
  const location = '0198c9a0-0000-7000-8000-000000000001';

  it('reads several spans a day, past midnight, with rhythm and season; a line without times is none', () => {
    const { hours } = hoursForm.parse({
      location,
      'weekday-0': '1',
      'start-0': '09:10',
      'end-0': '13:00',
      'kinds-0': 'consultation',
      'weekday-4': '5',
      'start-4': '22:00',
      'end-4': '02:00',
      'kinds-4': ['treatment', 'follow_up'],
      'every-4': '2',
      'monday-4': '2026-11-30',
      'from-4': '2026-12-01',
      'to-4': '2027-02-28',
      'weekday-5': '6',
      'start-5': '',
      'end-5': '',
    });
    expect(hours).toEqual([
      line({ startMinute: 550, endMinute: 780, kinds: ['consultation'] }),
      line({
        weekday: 5,
        startMinute: 1320,
        endMinute: 1560,
        kinds: ['treatment', 'follow_up'],
        everyWeeks: 2,
        firstMonday: '2026-11-30',
        validFrom: '2026-12-01',
        validTo: '2027-02-28',
      }),
    ]);
  });

  it('names the field of every mistake, and keeps what was typed', () => {
    const values = {
      location,
      'weekday-2': '3',
      'start-2': '9 o’clock',
      'end-2': '',
      'every-2': '2',
      'monday-2': '2026-12-01',
      'from-2': '2026-12-10',
      'to-2': '2026-12-01',
    };
    expect(messages(hoursForm, values)).toEqual([
      'start-2: Enter when it begins, like 09:00',
      'end-2: Enter when it ends, like 17:30',
      'kinds-2: Choose what these hours are for',
      'monday-2: Enter the Monday of the first week',
      'to-2: Enter a date after the first one',
    ]);
    expect(typedHours(values)[0]).toMatchObject({ number: '2', start: '9 o’clock', monday: '2026-12-01' });
  });
});

describe('weekly hours', () => {
  it('fall on the weeks of their rhythm, before their first Monday as well, and inside their season', () => {
    const hours = line({ weekday: 3, everyWeeks: 2, firstMonday: '2026-11-30', validTo: '2026-12-20' });
    expect(
      ['2026-11-18', '2026-11-25', '2026-12-02', '2026-12-03', '2026-12-16', '2026-12-30'].map((date) =>
        fallsOn(hours, date),
      ),
    ).toEqual([true, false, true, false, true, false]);
  });

  it('meet where there is a week in which both are open', () => {
    const monday = line({});
    expect(meet(monday, line({ startMinute: 1000, endMinute: 1100 }))).toBe(true);
    expect(meet(monday, line({ startMinute: 1020, endMinute: 1100 }))).toBe(false);
    expect(meet(monday, line({ weekday: 2 }))).toBe(false);
    // Sunday night runs into Monday morning.
    expect(meet(monday, line({ weekday: 7, startMinute: 1400, endMinute: 2000 }))).toBe(true);
    expect(meet(line({ validTo: '2026-12-31' }), line({ validFrom: '2027-01-01' }))).toBe(false);
    const even = line({ everyWeeks: 2, firstMonday: '2026-11-30' });
    expect(meet(even, line({ everyWeeks: 2, firstMonday: '2026-12-07' }))).toBe(false);
    expect(meet(even, line({ everyWeeks: 2, firstMonday: '2026-12-14' }))).toBe(true);
    expect(meet(even, line({ everyWeeks: 3, firstMonday: '2026-12-07' }))).toBe(true);
  });
});

describe('saving', () => {
  it('shows next week first, then offers it, and tells search', async () => {
    const { prescriber } = world.town;
    const monday = await nextMonday();
    const hours = [line({ startMinute: 550, endMinute: 620 })];
    const before = await scheduleEvents();

    const preview = await readPreview(world.db, as(prescriber), { locationId: leeds, hours });
    expect(preview.kind).toBe('consultation');
    expect(preview.days.map(({ times }) => times)).toEqual([
      ['09:10', '09:25', '09:40'],
      [],
      [],
      [],
      [],
      [],
      [],
    ]);
    expect(await startsOn(monday)).not.toEqual(['09:10', '09:25', '09:40']);
    expect(await scheduleEvents()).toBe(before);

    await saveHours(world.db, as(prescriber), { locationId: leeds, hours });
    expect(await startsOn(monday)).toEqual(['09:10', '09:25', '09:40']);
    expect(await startsOn(monday.add({ days: 1 }))).toEqual([]);
    expect(await scheduleEvents()).toBe(before + 1);
    const { own } = await readSchedule(world.db, as(prescriber), leeds);
    expect(own!.hours).toMatchObject([{ weekday: '1', start: '09:10', end: '10:20', every: '1' }]);
  });

  it('an extra session opens a date, and is withdrawn', async () => {
    const { prescriber, otherPrescriber } = world.town;
    const day = (await nextMonday()).add({ days: 2 });
    const opening = openingForm.parse({
      location: leeds,
      date: day.toString(),
      opensAt: '18:00',
      closesAt: '19:00',
      openingKinds: 'consultation',
    });
    await saveOpening(world.db, as(prescriber), opening);
    expect(await startsOn(day)).toEqual(['18:00', '18:15', '18:30']);
    const { own } = await readSchedule(world.db, as(prescriber), leeds);
    const { id } = own!.openings[0]!;
    await expectRefusal(withdrawOpening(world.db, as(otherPrescriber), id), 'not_found');
    await withdrawOpening(world.db, as(prescriber), id);
    expect(await startsOn(day)).toEqual([]);
    await expectRefusal(
      saveOpening(world.db, as(prescriber), { ...opening, date: '2020-01-06' }),
      'date_past',
    );
  });

  it('terms change what is offered and leave what is booked', async () => {
    const { prescriber } = world.town;
    const typed = {
      location: leeds,
      consultationMinutes: '20',
      treatmentMinutes: '30',
      followUpMinutes: '15',
      bufferBeforeMinutes: '0',
      bufferAfterMinutes: '5',
      travelMinutes: '0',
      stepMinutes: '30',
      startsCountFrom: 'clock',
      noticeMinutes: '0',
      horizonDays: '60',
      dailyLimit: '',
      weeklyLimit: '20',
      cancelNoticeHours: '24',
      moveNoticeHours: '12',
      closedOnPublicHolidays: 'yes',
    };
    await saveTerms(world.db, as(prescriber), termsForm.parse(typed));
    expect(await startsOn(await nextMonday())).toEqual(['09:30', '10:00']);
    const { own } = await readSchedule(world.db, as(prescriber), leeds);
    expect(own!.terms).toMatchObject({
      weeklyLimit: 20,
      dailyLimit: null,
      needsRoom: false,
      moveNoticeHours: 12,
    });
    const wrong = termsForm.safeParse({ ...typed, consultationMinutes: '5', dailyLimit: '0' });
    expect(wrong.error!.issues.map(({ path }) => path[0])).toEqual(['consultationMinutes', 'dailyLimit']);
  });

  it('is each practitioner’s own affair', async () => {
    const { prescriber, elPaso, injector, patient } = world.town;
    const hours = [line({})];
    const there = elPaso.locationId;
    await expectRefusal(saveHours(world.db, as(injector), { locationId: there, hours }), 'not_found');
    await expectRefusal(saveHours(world.db, as(patient), { locationId: leeds, hours }), 'not_found');
    await expectRefusal(readPreview(world.db, as(injector), { locationId: there, hours }), 'not_found');
    await expectRefusal(readSchedule(world.db, as(patient), null), 'not_found');
    await expectRefusal(readSchedule(world.db, as(injector), there), 'not_found');
    expect((await readSchedule(world.db, as(prescriber), null)).places).toHaveLength(2);
  });

  it('leaves what is booked, and lists what no hours cover any more', async () => {
    const { prescriber, patient, leeds: where } = world.town;
    const at = (await nextMonday())
      .toZonedDateTime({ timeZone: 'Europe/London', plainTime: '09:30' })
      .toInstant();
    const visit = await book(world.owner, { kind: 'consultation', patient, who: prescriber, where, at });
    expect((await readSchedule(world.db, as(prescriber), leeds)).own!.outside).toEqual([]);

    const hours = [line({ startMinute: 550, endMinute: 595 })];
    await saveHours(world.db, as(prescriber), { locationId: leeds, hours });
    const { own } = await readSchedule(world.db, as(prescriber), leeds);
    expect(own!.outside.map(({ id }) => id)).toEqual([visit.id]);
    expect(await stateOf(world, visit.id)).toBe('confirmed');
    await saveHours(world.db, as(prescriber), {
      locationId: leeds,
      hours: [line({ startMinute: 550, endMinute: 620 })],
    });
  });

  it('warns of hours in two places at once', async () => {
    const { prescriber, elPaso } = world.town;
    const hours = [line({ startMinute: 600, endMinute: 700 })];
    await saveHours(world.db, as(prescriber), { locationId: elPaso.locationId, hours });
    const { own } = await readSchedule(world.db, as(prescriber), leeds);
    expect(own!.doubled).toMatchObject([{ here: 'Monday 09:10 to 10:20', there: 'Monday 10:00 to 11:40' }]);
  });
});

describe('rooms', () => {
  const room = (about: Record<string, string>) =>
    roomForm.parse({ location: leeds, room: '', roomName: 'Room 1', roomKinds: 'consultation', ...about });

  it('are kept by who works there, until the clinic has a manager', async () => {
    const { prescriber, loneInjector, patient, leeds: place } = world.town;
    await saveRoom(world.db, as(prescriber), room({ roomActive: 'yes' }));
    await expectRefusal(saveRoom(world.db, as(prescriber), room({})), 'room_name_taken');
    await expectRefusal(saveRoom(world.db, as(patient), room({ roomName: 'Room 2' })), 'not_found');

    await world.owner
      .insertInto('clinic_member')
      .values({
        account_id: loneInjector.accountId,
        clinic_id: place.clinicId,
        role: 'manager',
        valid: sql<InstantRange>`tstzrange(app_now() - interval '1 day', NULL)`,
      })
      .execute();
    await expectRefusal(saveRoom(world.db, as(prescriber), room({ roomName: 'Room 2' })), 'not_found');
    const { rooms, place: shown } = await readSchedule(world.db, as(loneInjector), leeds);
    expect(shown.keepsRooms).toBe(true);
    await saveRoom(world.db, as(loneInjector), room({ room: rooms[0]!.id, roomName: 'The quiet room' }));
    const after = await readSchedule(world.db, as(prescriber), leeds);
    expect(after.rooms).toMatchObject([{ name: 'The quiet room', kinds: ['consultation'], active: false }]);
    expect(after.place.keepsRooms).toBe(false);
  });
});
