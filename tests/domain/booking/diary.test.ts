import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { changeRoom } from '#lib/server/domain/booking/change-room.ts';
import { diaryQuery, moveForm } from '#lib/server/domain/booking/diary-input.ts';
import { readDiary, readDiaryMove } from '#lib/server/domain/booking/diary.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { clinicMember, patient as newPatient } from '../../builders/people.ts';
import { book, closure, type Visit } from '../../builders/visits.ts';
import { as, expectRefusal, openWorld, type World } from './world.ts';

const ZONE = 'Europe/London';

let world: World;
let day: Temporal.PlainDate;
let first: Visit;
let second: Visit;
let receptionist: { accountId: string };

const at = (date: Temporal.PlainDate, time: string) =>
  date.toZonedDateTime({ timeZone: ZONE, plainTime: time }).toInstant();

beforeAll(async () => {
  world = await openWorld();
  const { owner, town } = world;
  // A Wednesday at least a week away.
  const today = (await appNow(owner)).toZonedDateTimeISO(ZONE).toPlainDate();
  day = today.add({ days: 10 + 7 - today.dayOfWeek });
  const visit = { kind: 'consultation', where: town.leeds } as const;
  first = await book(owner, { ...visit, who: town.prescriber, patient: town.patient, at: at(day, '10:00') });
  second = await book(owner, {
    ...visit,
    who: town.otherPrescriber,
    patient: await newPatient(owner),
    at: at(day, '10:00'),
  });
  receptionist = await clinicMember(owner, town.leeds);
});

const dayOf = (who: { accountId: string }, about: Partial<Parameters<typeof readDiary>[2]> = {}) =>
  readDiary(world.db, as(who), { view: 'day', day: day.toString(), ...about });

describe('whose calendar', () => {
  it('a practitioner sees her own, the clinic’s desk everybody’s, others none', async () => {
    const { prescriber, otherPrescriber, patient } = world.town;
    expect((await dayOf(prescriber)).entries.map(({ id }) => id)).toEqual([first.id]);
    expect((await dayOf(otherPrescriber)).entries.map(({ id }) => id)).toEqual([second.id]);
    const desk = await dayOf(receptionist);
    expect(desk.entries.map(({ id }) => id).toSorted()).toEqual([first.id, second.id].toSorted());
    expect(desk.practitioners.length).toBeGreaterThanOrEqual(4);
    const one = await dayOf(receptionist, { practitionerId: otherPrescriber.id });
    expect(one.entries.map(({ id }) => id)).toEqual([second.id]);
    await expectRefusal(dayOf(patient), 'not_found');
    await expectRefusal(readDiaryMove(world.db, as(prescriber), second.id, null), 'not_found');
  });

  it('who has read of a patient is written down', async () => {
    const { patient, prescriber } = world.town;
    await dayOf(prescriber);
    const { rows } = await sql<{ count: number }>`
      SELECT count(*) FROM audit WHERE stream = ${`patient:${patient.id}`} AND action = 'diary.read' AND actor_id = ${prescriber.accountId}`.execute(
      world.owner,
    );
    expect(rows[0]!.count).toBeGreaterThan(0);
  });

  it('shows hours, time off and other calendars on the clinic’s clock', async () => {
    const { prescriber, leeds } = world.town;
    await closure(world.owner, prescriber, at(day, '14:00'), at(day, '15:00'));
    const calendar = await world.owner
      .insertInto('external_calendar')
      .values({
        practitioner_id: prescriber.id,
        location_id: leeds.locationId,
        name: 'Home',
        kind: 'file',
        next_fetch_at: null,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await sql`INSERT INTO external_busy (calendar_id, practitioner_id, span)
      VALUES (${calendar.id}, ${prescriber.id}, tstzrange(${at(day, '16:00')}::timestamptz, ${at(day, '16:30')}::timestamptz))`.execute(
      world.owner,
    );
    const diary = await dayOf(prescriber);
    expect(diary.hours).toEqual([
      { practitionerId: prescriber.id, start: `${day.toString()}T09:00`, end: `${day.toString()}T17:00` },
    ]);
    expect(diary.entries.map(({ kind, start, end }) => [kind, start.text, end.text])).toEqual([
      ['consultation', '10:00', '10:30'],
      ['closure', '14:00', '15:00'],
      ['busy', '16:00', '16:30'],
    ]);
  });

  it('goes by weeks and months', async () => {
    const { prescriber } = world.town;
    const week = await dayOf(prescriber, { view: 'week' });
    expect([week.days.length, week.days[2]!.date]).toEqual([7, day.toString()]);
    const month = await dayOf(prescriber, { view: 'month' });
    expect(month.days.length % 7).toBe(0);
    expect(month.next).toBe(day.add({ months: 1 }).toString());
  });
});

describe('moving', () => {
  it('offers the times around it, and the desk may take one of them', async () => {
    const move = await readDiaryMove(world.db, as(receptionist), first.id, null);
    expect(move).toMatchObject({ mayMove: true, day: day.toString(), time: '10:00', isOwn: false });
    expect(move.earlier!.start).toBe(at(day, '09:45').toString());
    expect(move.later!.start).toBe(at(day, '10:15').toString());

    const { appointmentId, start } = moveForm.parse({
      visit: first.id,
      day: day.toString(),
      time: '11:30',
      timeZone: ZONE,
      from: first.at.toString(),
    });
    await moveAppointment(world.db, as(receptionist), { appointmentId, start });
    const [entry] = (await dayOf(world.town.prescriber)).entries;
    expect(entry!.start.local).toBe(`${day.toString()}T11:30`);
  });

  it('reads a wall clock in the zone of the page, and takes no nonsense', () => {
    const form = { visit: first.id, day: '2027-03-28', from: '2027-03-27T10:00:00Z', timeZone: ZONE };
    expect(moveForm.parse({ ...form, time: '12:00' }).start.toString()).toBe('2027-03-28T11:00:00Z');
    expect(moveForm.safeParse({ ...form, time: '25:00' }).error!.issues[0]!.path).toEqual(['time']);
    expect(moveForm.safeParse({ ...form, time: '12:00', timeZone: 'Atlantis' }).success).toBe(false);
    expect(moveForm.safeParse({ ...form, day: undefined }).error!.issues[0]!.path).toEqual(['time']);
    expect(
      diaryQuery.parse({
        view: 'decade',
        day: 'soon',
        who: '1',
        visit: null,
        on: null,
        moved: null,
        from: 'x',
      }),
    ).toEqual({
      view: 'week',
      day: null,
      who: null,
      visit: null,
      on: null,
      moved: null,
      from: null,
    });
  });
});

describe('the room of a visit', () => {
  it('is changed by the practice, to a free room that will do; otherwise it keeps its own', async () => {
    const { owner, db, town } = world;
    const { locationId } = town.leeds;
    const room = async (name: string, kinds: string[]) => {
      const { id } = await owner
        .insertInto('room')
        .values({ location_id: locationId, name, kinds })
        .returning('id')
        .executeTakeFirstOrThrow();
      return id;
    };
    const [blue, green] = [await room('Blue', ['consultation']), await room('Green', ['consultation'])];
    const treatments = await room('Treatments', ['treatment']);
    const visit = { kind: 'consultation', where: town.leeds } as const;
    const late = async (who: typeof town.prescriber) =>
      book(owner, { ...visit, who, patient: await newPatient(owner), at: at(day, '15:00') });
    const mine = await late(town.prescriber);
    const theirs = await late(town.otherPrescriber);
    const put = (one: Visit, roomId: string, who = as(receptionist)) =>
      changeRoom(db, who, { appointmentId: one.id, roomId });
    const roomOf = async (one: Visit) => {
      const { room_id } = await owner
        .selectFrom('block')
        .innerJoin('appointment', 'appointment.block_id', 'block.id')
        .where('appointment.id', '=', one.id)
        .select('room_id')
        .executeTakeFirstOrThrow();
      return room_id;
    };

    await expectRefusal(put(mine, blue), 'room_unsuitable');
    await owner
      .updateTable('practice')
      .set({ needs_room: true })
      .where('location_id', '=', locationId)
      .execute();
    await put(mine, blue);
    await put(theirs, green);
    const shown = await readDiaryMove(db, as(receptionist), mine.id, null);
    expect(shown).toMatchObject({ roomId: blue, room: 'Blue' });
    expect(shown.rooms.map(({ name }) => name)).toEqual(['Blue', 'Green']);

    await expectRefusal(put(mine, green), 'room_taken');
    await expectRefusal(put(mine, treatments), 'room_unsuitable');
    await expectRefusal(put(theirs, blue, as(town.prescriber)), 'not_found');
    await expectRefusal(put(mine, green, as(mine.patient)), 'not_now');
    expect([await roomOf(mine), await roomOf(theirs)]).toEqual([blue, green]);

    // Both want the third at once: one has it, and the other stays where it is.
    const third = await room('Third', ['consultation']);
    const won = await Promise.allSettled([put(mine, third), put(theirs, third)]);
    expect(won.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect([await roomOf(mine), await roomOf(theirs)].filter((id) => id === third)).toHaveLength(1);
    const audited = await owner
      .selectFrom('audit')
      .where('stream', '=', `patient:${mine.patient.id}`)
      .where('action', '=', 'appointment.room_changed')
      .select('subject_id')
      .execute();
    expect(audited.length).toBeGreaterThan(0);
  });
});
