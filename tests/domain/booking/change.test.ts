import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { arrive } from '#lib/server/domain/booking/arrive.ts';
import { cancelAppointment } from '#lib/server/domain/booking/cancel-appointment.ts';
import { confirmBooking } from '#lib/server/domain/booking/confirm-booking.ts';
import { leaveUnseen } from '#lib/server/domain/booking/leave-unseen.ts';
import { markNoShow } from '#lib/server/domain/booking/mark-no-show.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import { system } from '#lib/server/domain/shared/actor.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { passTime } from '../../builders/act.ts';
import { patient, type Patient } from '../../builders/people.ts';
import {
  anonymous,
  as,
  eventsOf,
  expectRefusal,
  hold,
  openWorld,
  refusalOf,
  slots,
  stateOf,
  type World,
} from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

const free = async () => (await slots(world)).map(({ start }) => start);
const isFree = async (start: Temporal.Instant) => (await free()).some((time) => time.equals(start));

/** A confirmed consultation of a patient of its own. */
async function booked(start: Temporal.Instant, who?: Patient) {
  const person = who ?? (await patient(world.owner));
  const { id } = await hold(world, start, { actor: as(person), dateOfBirth: null });
  await confirmBooking(world.db, as(person), { appointmentId: id, partyId: null });
  return { appointmentId: id, person, start };
}

async function startOf(appointmentId: string) {
  const { during } = await world.owner
    .selectFrom('appointment')
    .select('during')
    .where('id', '=', appointmentId)
    .executeTakeFirstOrThrow();
  return during.start!.toString();
}

describe('cancelling', () => {
  it('frees the time at once and tells who cancelled', async () => {
    const { appointmentId, person, start } = await booked((await free()).at(10)!);
    expect(await isFree(start)).toBe(false);
    const key = { requestKey: randomUUID() };
    const cancelled = await cancelAppointment(world.db, as(person), { appointmentId, ...key });
    expect(cancelled.cancelledBy).toBe('patient');
    expect(await isFree(start)).toBe(true);
    expect(await cancelAppointment(world.db, as(person), { appointmentId, ...key })).toEqual(cancelled);
    await expectRefusal(cancelAppointment(world.db, as(person), { appointmentId }), 'not_now');
    expect(
      (await eventsOf(world, appointmentId)).filter((type) => type === 'appointment.cancelled').length,
    ).toBe(1);
  });

  it('is open to the practice and to the system, and to nobody else', async () => {
    const one = await booked((await free()).at(20)!);
    const other = await booked((await free()).at(30)!);
    const stranger = await patient(world.owner);
    await expectRefusal(cancelAppointment(world.db, as(stranger), one), 'not_found');
    await expectRefusal(cancelAppointment(world.db, as(world.town.otherPrescriber), one), 'not_found');
    const byPractice = await cancelAppointment(world.db, as(world.town.prescriber), {
      ...one,
      reason: 'Illness',
    });
    expect(byPractice.cancelledBy).toBe('practice');
    expect((await cancelAppointment(world.db, system, other)).cancelledBy).toBe('system');
  });

  it('of a hold lets the time go without telling anybody', async () => {
    const kept = await hold(world, (await free()).at(40)!);
    await cancelAppointment(world.db, anonymous, { appointmentId: kept.id, partyId: kept.partyId });
    expect(await eventsOf(world, kept.id)).toEqual(['appointment.held']);
  });
});

describe('moving', () => {
  it('changes the time and gives the old one back, for the patient and for the practice', async () => {
    const times = await free();
    const { appointmentId, person } = await booked(times.at(50)!);
    const key = { requestKey: randomUUID() };
    const moved = await moveAppointment(world.db, as(person), {
      appointmentId,
      start: times.at(70)!,
      ...key,
    });
    expect(await startOf(appointmentId)).toBe(times.at(70)!.toString());
    expect(await isFree(times.at(50)!)).toBe(true);
    expect(
      await moveAppointment(world.db, as(person), { appointmentId, start: times.at(70)!, ...key }),
    ).toEqual(moved);
    await moveAppointment(world.db, as(world.town.prescriber), { appointmentId, start: times.at(50)! });
    expect(await isFree(times.at(70)!)).toBe(true);
    expect(await eventsOf(world, appointmentId)).toEqual([
      'appointment.held',
      'appointment.confirmed',
      'appointment.moved',
      'appointment.moved',
    ]);
  });

  it('by a quarter of an hour is not hindered by the time it gives up', async () => {
    const noon = (await free())
      .filter((time) => time.toZonedDateTimeISO('Europe/London').hour === 12)
      .at(-1)!;
    const { appointmentId, person } = await booked(noon);
    await moveAppointment(world.db, as(person), { appointmentId, start: noon.add({ minutes: 15 }) });
    expect(await startOf(appointmentId)).toBe(noon.add({ minutes: 15 }).toString());
  });

  it('to a taken or unoffered time is refused, and the old time is kept', async () => {
    const times = await free();
    const { appointmentId, person, start } = await booked(times.at(90)!);
    const taken = await booked(times.at(100)!);
    await expectRefusal(
      moveAppointment(world.db, as(person), { appointmentId, start: taken.start }),
      'slot_taken',
    );
    await expectRefusal(
      moveAppointment(world.db, as(person), { appointmentId, start: start.add({ minutes: 1 }) }),
      'slot_not_offered',
    );
    expect(await startOf(appointmentId)).toBe(start.toString());
    expect(await isFree(start)).toBe(false);
  });

  it('of two who want each other’s time loses neither', async () => {
    const times = await free();
    const [one, other] = [await booked(times.at(110)!), await booked(times.at(120)!)];
    const codes = await Promise.all([
      refusalOf(moveAppointment(world.db, as(one.person), { ...one, start: other.start })),
      refusalOf(moveAppointment(world.db, as(other.person), { ...other, start: one.start })),
    ]);
    expect(codes).toEqual(['slot_taken', 'slot_taken']);
    expect(await startOf(one.appointmentId)).toBe(one.start.toString());
    expect(await startOf(other.appointmentId)).toBe(other.start.toString());
  });

  it('of five to one free time lets one have it', async () => {
    const times = await free();
    const movers = [];
    for (const at of [130, 140, 150, 160, 170]) movers.push(await booked(times.at(at)!));
    const goal = times.at(200)!;
    const codes = await Promise.all(
      movers.map((each) => refusalOf(moveAppointment(world.db, as(each.person), { ...each, start: goal }))),
    );
    expect(codes.toSorted()).toEqual(['slot_taken', 'slot_taken', 'slot_taken', 'slot_taken', undefined]);
  });
});

describe('on the day', () => {
  async function dueIn(minutes: number) {
    const [first] = await free();
    const visit = await booked(first!);
    await passTime(world.owner, {
      seconds: Math.ceil(visit.start.since(await appNow(world.db)).total('seconds')) - minutes * 60,
    });
    return visit;
  }

  it('a patient arrives, from an hour before', async () => {
    const early = await dueIn(90);
    await expectRefusal(arrive(world.db, as(early.person), early), 'too_early');
    await passTime(world.owner, { minutes: 45 });
    await arrive(world.db, as(early.person), early);
    expect(await stateOf(world, early.appointmentId)).toBe('arrived');
    await leaveUnseen(world.db, as(early.person), early);
    expect(await stateOf(world, early.appointmentId)).toBe('left_unseen');
    await expectRefusal(arrive(world.db, as(early.person), early), 'not_now');
  });

  it('a no-show is marked after a grace, by each side of the other', async () => {
    const visit = await dueIn(5);
    await expectRefusal(markNoShow(world.db, as(world.town.prescriber), visit), 'too_early');
    await passTime(world.owner, { minutes: 16 });
    await markNoShow(world.db, as(visit.person), { ...visit, by: 'patient' });
    const { no_show_by } = await world.owner
      .selectFrom('appointment')
      .select('no_show_by')
      .where('id', '=', visit.appointmentId)
      .executeTakeFirstOrThrow();
    expect(no_show_by).toBe('practitioner');
  });
});
