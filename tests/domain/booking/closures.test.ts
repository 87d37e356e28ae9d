import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { cancelAppointment } from '#lib/server/domain/booking/cancel-appointment.ts';
import { closeTime, reopen, type Decision } from '#lib/server/domain/booking/close-time.ts';
import {
  previewClosure,
  readClosures,
  readRestOfToday,
  readTimeOff,
} from '#lib/server/domain/booking/closure-reads.ts';
import { readBooking } from '#lib/server/domain/booking/reads.ts';
import { resumePaused } from '#lib/server/domain/oversight/resume-paused.ts';
import { formatDayTime } from '#lib/server/domain/shared/dates.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { passTime } from '../../builders/act.ts';
import { account, type Practitioner } from '../../builders/people.ts';
import { advance } from '../../builders/visits.ts';
import { booked, lastLetter, rowOf } from './booked.ts';
import {
  anonymous,
  as,
  eventsOf,
  expectRefusal,
  hold,
  openWorld,
  slots,
  stateOf,
  type World,
} from './world.ts';

let world: World;
let desk: { accountId: string };
beforeAll(async () => {
  world = await openWorld();
  desk = await account(world.owner);
  await world.owner
    .insertInto('clinic_member')
    .values({
      account_id: desk.accountId,
      clinic_id: world.town.leeds.clinicId,
      role: 'reception',
      valid: '[,)' as never,
    })
    .execute();
});

const free = async (who?: Practitioner) => (await slots(world, who)).map(({ start }) => start);
const hour = { hours: 1 };

/** The prescriber's time from then on. */
const own = (from: Temporal.Instant, time: Temporal.DurationLike = hour) => ({
  practitionerId: world.town.prescriber.id,
  locationId: world.town.leeds.locationId,
  from,
  to: from.add(time),
});

describe('closing time', () => {
  it('moves, changes to a colleague, cancels and ends holds, in one step with the closure', async () => {
    const times = await free();
    const from = times.at(62)!;
    const at = (minutes: number) => from.add({ minutes });
    const moved = await booked(world, from);
    const changed = await booked(world, at(45));
    const cancelled = await booked(world, at(90));
    const held = await hold(world, at(135));
    const off = own(from, { hours: 4 });
    const preview = await previewClosure(world.db, as(world.town.prescriber), off);
    expect(preview.visits.map(({ id }) => id)).toEqual([
      moved.appointmentId,
      changed.appointmentId,
      cancelled.appointmentId,
    ]);
    expect(preview.holds).toBe(1);
    const [first, second] = preview.visits;
    const move = first!.offers.find(({ isColleague }) => !isColleague)!;
    const change = second!.offers.find(({ isColleague }) => isColleague)!;
    const every = preview.visits.flatMap(({ offers }) =>
      offers.map(({ practitionerId, start }) => `${practitionerId} ${start}`),
    );
    expect(new Set(every).size).toBe(every.length);
    const decisions: Decision[] = [
      { appointmentId: first!.id, do: 'move', start: Temporal.Instant.from(move.start) },
      { appointmentId: second!.id, do: 'change', ...change, start: Temporal.Instant.from(change.start) },
      { appointmentId: cancelled.appointmentId, do: 'cancel' },
    ];
    const wish = { ...off, kind: 'training' as const, note: 'Private', decisions, requestKey: randomUUID() };
    const closed = await closeTime(world.db, as(world.town.prescriber), wish);
    expect(await closeTime(world.db, as(world.town.prescriber), wish)).toEqual(closed);

    expect((await rowOf(world, moved.appointmentId)).during.start!.toString()).toBe(move.start);
    expect(await eventsOf(world, changed.appointmentId)).toContain('appointment.replaced');
    expect(await rowOf(world, cancelled.appointmentId)).toMatchObject({
      state: 'cancelled',
      cancelled_by: 'practice',
      cancelled_late: false,
    });
    // Each hears once, in words that name no treatment; who was cancelled is sent the free times.
    const successor = await world.owner
      .selectFrom('appointment')
      .select('id')
      .where('follows_id', '=', changed.appointmentId)
      .executeTakeFirstOrThrow();
    expect(await lastLetter(world, changed.appointmentId)).toBeUndefined();
    expect(await lastLetter(world, moved.appointmentId)).toMatchObject({
      subject: 'Your appointment has a new time',
    });
    expect(await lastLetter(world, successor.id)).toMatchObject({
      subject: 'Your appointment has a new time',
    });
    const sorry = await lastLetter(world, cancelled.appointmentId);
    expect(sorry).toMatchObject({ subject: 'Your appointment is cancelled' });
    expect(sorry!.body).toContain(`/practitioners/${world.town.prescriber.slug}`);
    const ended = await readBooking(world.db, anonymous, { appointmentId: held.id, partyId: held.partyId });
    expect(ended).toMatchObject({ state: 'ended', endedBy: 'clinic' });
    expect((await free()).some((time) => time.equals(from))).toBe(false);

    await reopen(world.db, as(world.town.prescriber), closed);
    expect((await free()).some((time) => time.equals(from))).toBe(true);
  });

  it('with a review gone stale changes nothing: booked, cancelled, or moved since', async () => {
    const from = (await free()).at(100)!;
    const off = { ...own(from), kind: 'leave' as const };
    const one = await booked(world, from);
    await expectRefusal(
      closeTime(world.db, as(world.town.prescriber), { ...off, decisions: [] }),
      'review_changed',
    );
    const decisions: Decision[] = [{ appointmentId: one.appointmentId, do: 'cancel' }];
    const late = await booked(world, from.add({ minutes: 45 }));
    await expectRefusal(
      closeTime(world.db, as(world.town.prescriber), { ...off, decisions }),
      'review_changed',
    );
    expect(await stateOf(world, one.appointmentId)).toBe('confirmed');
    await cancelAppointment(world.db, as(late.person), late);
    await cancelAppointment(world.db, as(one.person), one);
    await expectRefusal(
      closeTime(world.db, as(world.town.prescriber), { ...off, decisions }),
      'review_changed',
    );
    await closeTime(world.db, as(world.town.prescriber), { ...off, decisions: [] });
  });

  it('says which appointment could not go where it was sent, and does nothing at all', async () => {
    const from = (await free()).at(130)!;
    const one = await booked(world, from);
    const other = await booked(world, (await free()).at(200)!);
    const decisions: Decision[] = [{ appointmentId: one.appointmentId, do: 'move', start: other.start }];
    await expect(
      closeTime(world.db, as(world.town.prescriber), { ...own(from), kind: 'leave', decisions }),
    ).rejects.toMatchObject({ code: 'slot_taken', field: `visit-${one.appointmentId}` });
    expect((await rowOf(world, one.appointmentId)).during.start!.equals(from)).toBe(true);
  });

  it('races with a booking: one of the two is refused, and nothing lies in closed time', async () => {
    for (const at of [160, 175, 190]) {
      const from = (await free()).at(at)!;
      const off = own(from, { minutes: 30 });
      await Promise.allSettled([
        booked(world, from),
        closeTime(world.db, as(world.town.prescriber), { ...off, kind: 'leave', decisions: [] }),
      ]);
      const live = await world.owner
        .selectFrom('appointment')
        .innerJoin('closure', (join) =>
          join.onRef('closure.practitioner_id', '=', 'appointment.practitioner_id'),
        )
        .whereRef('closure.span', '&&', 'appointment.during')
        .where('appointment.live', '=', true)
        .select('appointment.id')
        .execute();
      expect(live).toEqual([]);
    }
  });
});

describe('who may close', () => {
  it('a practitioner their own time; the desk everybody’s at its clinic; nobody else', async () => {
    const from = (await free()).at(210)!;
    const wish = { ...own(from), kind: 'other' as const, decisions: [] };
    for (const stranger of [world.town.otherPrescriber, world.town.patient])
      await expectRefusal(closeTime(world.db, as(stranger), wish), 'not_found');
    await expectRefusal(closeTime(world.db, as(desk), { ...wish, locationId: null }), 'not_found');
    await expectRefusal(
      closeTime(world.db, as(desk), {
        ...wish,
        practitionerId: null,
        locationId: world.town.elPaso.locationId,
      }),
      'not_found',
    );
    await expectRefusal(
      closeTime(world.db, as(world.town.prescriber), { ...wish, practitionerId: null }),
      'not_found',
    );
    const { closureId } = await closeTime(world.db, as(desk), { ...wish, practitionerId: null });
    await expectRefusal(reopen(world.db, as(world.town.prescriber), { closureId }), 'not_found');
    await reopen(world.db, as(desk), { closureId });
    await closeTime(world.db, as(world.town.prescriber), { ...wish, locationId: null });
    const choices = (await readClosures(world.db, as(desk))).choices.map(({ label }) => label);
    expect(choices[0]).toMatch(/^Everybody at/);
    await expectRefusal(readClosures(world.db, as(world.town.patient)), 'not_found');
  });
});

describe('days and times', () => {
  it('are those of the place: whole days, part of a day, and the rest of today', async () => {
    const whose = { practitionerId: null, locationId: world.town.leeds.locationId };
    const none = { fromTime: null, toDay: null, toTime: null };
    // The day on which the clocks go back has 25 hours.
    const whole = await readTimeOff(world.db, as(desk), whose, { ...none, fromDay: '2026-10-25' });
    expect(whole.to.since(whole.from).total('hours')).toBe(25);
    const part = { fromDay: '2026-10-26', fromTime: '13:00', toDay: null, toTime: '15:30' };
    const afternoon = await readTimeOff(world.db, as(desk), whose, part);
    expect(afternoon.from.toString()).toBe('2026-10-26T13:00:00Z');
    expect(afternoon.to.since(afternoon.from).total('minutes')).toBe(150);
    await expectRefusal(
      readTimeOff(world.db, as(desk), whose, { ...part, toTime: '12:00' }),
      'invalid_input',
    );
    const today = await readRestOfToday(world.db, as(desk), whose);
    expect(today.to.toZonedDateTimeISO('Europe/London').hour).toBe(0);
    expect(today.to.since(today.from).total('hours')).toBeLessThanOrEqual(25);
  });
});

describe('visits on hold', () => {
  it('are listed, stay so while their time is closed, and end a day before', async () => {
    const from = (await free()).at(100)!;
    const { appointmentId, person } = await booked(world, from);
    await advance(world.owner, { id: appointmentId }, 'paused');
    const off = own(from);
    const preview = await previewClosure(world.db, as(world.town.prescriber), off);
    expect(preview.visits).toEqual([]);
    const dayBefore = formatDayTime(from.subtract({ hours: 24 }), world.town.leeds.timeZone);
    expect(preview.paused).toMatchObject([{ id: appointmentId, endsAt: dayBefore }]);
    const looks = await world.owner
      .selectFrom('audit')
      .where('stream', '=', `patient:${person.id}`)
      .where('action', '=', 'closure.read')
      .select('actor_id')
      .execute();
    expect(looks).toEqual([{ actor_id: world.town.prescriber.accountId }]);

    const { closureId } = await closeTime(world.db, as(world.town.prescriber), {
      ...off,
      kind: 'leave',
      decisions: [],
    });
    await resumePaused(world.db);
    expect(await stateOf(world, appointmentId)).toBe('paused');
    // Opened again, it is taken up: the practitioner is listed.
    await reopen(world.db, as(world.town.prescriber), { closureId });
    await resumePaused(world.db);
    expect(await stateOf(world, appointmentId)).toBe('confirmed');

    await advance(world.owner, { id: appointmentId }, 'paused');
    await closeTime(world.db, as(world.town.prescriber), { ...off, kind: 'leave', decisions: [] });
    await passTime(world.owner, (await appNow(world.owner)).until(from.subtract({ hours: 24 })));
    await resumePaused(world.db);
    expect(await stateOf(world, appointmentId)).toBe('cancelled');
  });
});
