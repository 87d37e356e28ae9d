import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { appealMark } from '#lib/server/domain/booking/appeal-mark.ts';
import { cancelAppointment } from '#lib/server/domain/booking/cancel-appointment.ts';
import { correctMark, readOpenAppeals } from '#lib/server/domain/booking/correct-mark.ts';
import { readStanding } from '#lib/server/domain/booking/day-reads.ts';
import { markNoShow } from '#lib/server/domain/booking/mark-no-show.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import { readSessions, sayOnTime, sayRunningLate } from '#lib/server/domain/booking/running-late.ts';
import { passTime } from '../../builders/act.ts';
import { account, staffMember } from '../../builders/people.ts';
import { booked, lastLetter, rowOf } from './booked.ts';
import { as, eventsOf, expectRefusal, openWorld, slots, type World } from './world.ts';

let world: World;
let desk: { accountId: string };
beforeAll(async () => {
  world = await openWorld();
  desk = await account(world.owner);
  await sql`INSERT INTO clinic_member (account_id, clinic_id, role, valid) VALUES (${desk.accountId}, ${world.town.leeds.clinicId}, 'reception', '[,)')`.execute(
    world.owner,
  );
  // To half an hour before the first time of a day that has not begun: the whole day lies ahead.
  const found = await slots(world);
  const first = found.find(({ start }) => dayOf(start) !== dayOf(found[0]!.start));
  await setClock(first!.start.subtract({ minutes: 30 }));
});

const setClock = (to: Temporal.Instant) =>
  sql`UPDATE clock SET ahead_by = ahead_by + (${to}::timestamptz - app_now())`.execute(world.owner);
const dayOf = (time: Temporal.Instant) => time.toZonedDateTimeISO('Europe/London').toPlainDate().toString();
const free = async () => (await slots(world)).map(({ start }) => start);
const session = () => ({
  practitionerId: world.town.prescriber.id,
  locationId: world.town.leeds.locationId,
});

/** A visit of today whose patient is marked as not come. */
async function missed(who: { accountId: string } = world.town.prescriber) {
  const [start] = await free();
  const visit = await booked(world, start!);
  await setClock(start!.add({ minutes: 11 }));
  await markNoShow(world.db, as(who), { appointmentId: visit.appointmentId });
  return visit;
}

describe('running late', () => {
  it('tells who is still to come today, lets them move freely, and can be taken back', async () => {
    const times = await free();
    const today = await booked(world, times.at(4)!);
    const tomorrow = await booked(world, times.at(60)!);
    const [from, later] = [times.at(20)!, times.at(24)!];
    await expectRefusal(
      moveAppointment(world.db, as(today.person), { appointmentId: today.appointmentId, start: later }),
      'move_notice',
    );
    await expectRefusal(
      sayRunningLate(world.db, as(world.town.otherPrescriber), { ...session(), minutes: 20 }),
      'not_found',
    );
    await sayRunningLate(world.db, as(world.town.prescriber), { ...session(), minutes: 20 });
    await sayRunningLate(world.db, as(desk), { ...session(), minutes: 20 });
    expect((await eventsOf(world, today.appointmentId)).at(-1)).toBe('appointment.running_late');
    expect(await eventsOf(world, tomorrow.appointmentId)).not.toContain('appointment.running_late');
    const letter = await lastLetter(world, today.appointmentId);
    expect(letter).toMatchObject({ subject: 'About your appointment today' });
    expect(letter!.body).toContain('about 20 minutes late');
    expect(letter!.body).toContain(`/my-care/appointments/${today.appointmentId}/move`);
    expect(await readStanding(world.db, today.appointmentId)).toMatchObject({
      lateMinutes: 20,
      mayMoveAlone: true,
      wouldBeLate: false,
    });
    expect((await readSessions(world.db, as(world.town.prescriber)))[0]).toMatchObject({
      minutes: 20,
      toCome: 1,
    });

    await moveAppointment(world.db, as(today.person), { appointmentId: today.appointmentId, start: from });
    await sayRunningLate(world.db, as(desk), { ...session(), minutes: 30 });
    await sayOnTime(world.db, as(desk), session());
    await sayOnTime(world.db, as(desk), session());
    expect((await eventsOf(world, today.appointmentId)).slice(-3)).toEqual([
      'appointment.moved',
      'appointment.running_late',
      'appointment.on_time',
    ]);
    await expectRefusal(
      moveAppointment(world.db, as(today.person), { appointmentId: today.appointmentId, start: later }),
      'move_notice',
    );
    await cancelAppointment(world.db, as(today.person), today);
  });

  it('nobody is marked as missing while the practice itself is late', async () => {
    const [start] = await free();
    const visit = await booked(world, start!);
    await sayRunningLate(world.db, as(world.town.prescriber), { ...session(), minutes: 30 });
    await setClock(start!.add({ minutes: 20 }));
    await expectRefusal(markNoShow(world.db, as(world.town.prescriber), visit), 'too_early');
    await setClock(start!.add({ minutes: 40 }));
    await markNoShow(world.db, as(world.town.prescriber), visit);
    await sayOnTime(world.db, as(world.town.prescriber), session());
  });
});

describe('a mark', () => {
  it('is appealed by its patient once, within 14 days, and decided by somebody else of the practice', async () => {
    const { appointmentId, person } = await missed();
    const words = 'I was in the waiting room.';
    await expectRefusal(
      appealMark(world.db, as(world.town.prescriber), { appointmentId, words }),
      'not_found',
    );
    await appealMark(world.db, as(person), { appointmentId, words });
    await expectRefusal(appealMark(world.db, as(person), { appointmentId, words }), 'already_written');
    expect(await readOpenAppeals(world.db, as(world.town.prescriber))).toMatchObject([
      { mayDecide: false, words },
    ]);
    expect(await readOpenAppeals(world.db, as(desk))).toMatchObject([{ mayDecide: true }]);
    expect(await readOpenAppeals(world.db, as(world.town.otherPrescriber))).toEqual([]);
    const ruling = { appointmentId, finding: 'was_kept' as const, reason: 'Seen by the desk' };
    await expectRefusal(correctMark(world.db, as(world.town.prescriber), ruling), 'somebody_else_decides');
    await expectRefusal(correctMark(world.db, as(person), ruling), 'not_found');
    await expectRefusal(correctMark(world.db, as(world.town.otherPrescriber), ruling), 'not_found');
    await correctMark(world.db, as(desk), ruling);
    await expectRefusal(correctMark(world.db, as(desk), ruling), 'already_written');
    expect((await rowOf(world, appointmentId)).state).toBe('no_show');
    expect(await readStanding(world.db, appointmentId)).toMatchObject({
      mayAppeal: false,
      appeal: words,
      finding: 'Put right: the visit was kept',
    });
    expect(await lastLetter(world, appointmentId)).toMatchObject({ subject: 'About what you told us' });
  });

  it('stands after an appeal only, is put right by who wrote it without one, or by an operator', async () => {
    const operator = await staffMember(world.owner, 'operator');
    const one = await missed();
    const stands = { finding: 'stands' as const, reason: 'The door camera' };
    await expectRefusal(
      correctMark(world.db, as(operator), { appointmentId: one.appointmentId, ...stands }),
      'not_now',
    );
    await correctMark(world.db, as(world.town.prescriber), {
      appointmentId: one.appointmentId,
      finding: 'clinic_fault',
      reason: 'The bell was broken',
    });
    const other = await missed(desk);
    await appealMark(world.db, as(other.person), { appointmentId: other.appointmentId, words: 'No.' });
    expect((await readOpenAppeals(world.db, as(operator))).length).toBe(1);
    await correctMark(world.db, as(operator), { appointmentId: other.appointmentId, ...stands });
  });

  it('on the practice is not the practice’s to put right; a kept visit has none; later than 14 days is too late', async () => {
    const [start] = await free();
    const visit = await booked(world, start!);
    const right = {
      appointmentId: visit.appointmentId,
      finding: 'was_kept' as const,
      reason: 'We were there',
    };
    await expectRefusal(correctMark(world.db, as(desk), right), 'not_now');
    await setClock(start!.add({ minutes: 11 }));
    await markNoShow(world.db, as(visit.person), visit);
    await expectRefusal(correctMark(world.db, as(desk), right), 'somebody_else_decides');
    await expectRefusal(
      appealMark(world.db, as(visit.person), { appointmentId: visit.appointmentId, words: 'Why?' }),
      'not_now',
    );
    const late = await missed();
    await passTime(world.owner, { hours: 14 * 24 + 1 });
    await expectRefusal(
      appealMark(world.db, as(late.person), { appointmentId: late.appointmentId, words: 'Too late' }),
      'not_now',
    );
  });
});
