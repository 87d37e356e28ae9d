import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { cancelAppointment } from '#lib/server/domain/booking/cancel-appointment.ts';
import { changePractitioner } from '#lib/server/domain/booking/change-practitioner.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import type { CancelReason } from '#lib/server/domain/booking/notice.ts';
import { passTime } from '../../builders/act.ts';
import { patient } from '../../builders/people.ts';
import { booked, rowOf } from './booked.ts';
import { as, eventsOf, expectRefusal, openWorld, refusalOf, slots, stateOf, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld({ connections: 16 });
});

const freeWith = async (who = world.town.prescriber) => (await slots(world, who)).map(({ start }) => start);
const colleague = (start: Temporal.Instant) => ({
  practitionerId: world.town.otherPrescriber.id,
  locationId: world.town.leeds.locationId,
  start,
});

describe('changing to a colleague', () => {
  it('is one appointment that follows another: the same patient and wishes, one letter', async () => {
    const one = await booked(world, (await freeWith()).at(50)!);
    const [start] = (await freeWith(world.town.otherPrescriber)).slice(60);
    const wanted = {
      appointmentId: one.appointmentId,
      ...colleague(start!),
      requestKey: randomUUID(),
    };
    const changed = await changePractitioner(world.db, as(one.person), wanted);
    expect(await changePractitioner(world.db, as(one.person), wanted)).toEqual(changed);
    expect(await stateOf(world, one.appointmentId)).toBe('cancelled');
    const [before, after] = [await rowOf(world, one.appointmentId), await rowOf(world, changed.id)];
    expect(after).toMatchObject({
      state: 'confirmed',
      follows_id: one.appointmentId,
      patient_id: before.patient_id,
      episode_id: before.episode_id,
      practitioner_id: world.town.otherPrescriber.id,
    });
    expect(before.cancelled_late).toBe(false);
    expect((await freeWith()).some((time) => time.equals(one.start))).toBe(true);
    expect(await eventsOf(world, one.appointmentId)).toEqual([
      'appointment.held',
      'appointment.confirmed',
      'appointment.replaced',
    ]);
    expect(await eventsOf(world, changed.id)).toEqual(['appointment.rebooked']);
  });

  it('may be at the very same time, and never loses the old time when the new one is taken', async () => {
    const one = await booked(world, (await freeWith()).at(80)!);
    const other = await booked(world, (await freeWith(world.town.otherPrescriber)).at(85)!, {
      who: world.town.otherPrescriber,
    });
    await expectRefusal(
      changePractitioner(world.db, as(one.person), {
        appointmentId: one.appointmentId,
        ...colleague(other.start),
      }),
      'slot_taken',
    );
    expect(await stateOf(world, one.appointmentId)).toBe('confirmed');
    const changed = await changePractitioner(world.db, as(one.person), {
      appointmentId: one.appointmentId,
      ...colleague(one.start),
    });
    expect(changed.start).toBe(one.start.toString());
  });

  it('is for who is part of it: strangers find nothing, the same practitioner is a move', async () => {
    const one = await booked(world, (await freeWith()).at(100)!);
    const stranger = await patient(world.owner);
    const to = { appointmentId: one.appointmentId, ...colleague((await freeWith()).at(110)!) };
    await expectRefusal(changePractitioner(world.db, as(stranger), to), 'not_found');
    await expectRefusal(
      changePractitioner(world.db, as(one.person), { ...to, practitionerId: world.town.prescriber.id }),
      'slot_not_offered',
    );
    await expectRefusal(
      changePractitioner(world.db, as(one.person), { ...to, practitionerId: world.town.injector.id }),
      'practitioner_unavailable',
    );
  });

  it('in opposite directions, fifty at once, ends without an error and with every patient booked once', async () => {
    const times = await freeWith();
    const others = await freeWith(world.town.otherPrescriber);
    type Booked = Awaited<ReturnType<typeof booked>>;
    const pairs: { left: Booked; right: Booked }[] = [];
    for (const at of [130, 140, 150, 160, 170]) {
      const left = await booked(world, times.at(at)!);
      const right = await booked(world, others.at(at)!, { who: world.town.otherPrescriber });
      pairs.push({ left, right });
    }
    const codes = await Promise.all(
      Array.from({ length: 5 }, () => pairs)
        .flat()
        .flatMap(({ left, right }) => [
          refusalOf(
            changePractitioner(world.db, as(left.person), {
              appointmentId: left.appointmentId,
              ...colleague(right.start),
            }),
          ),
          refusalOf(
            changePractitioner(world.db, as(right.person), {
              appointmentId: right.appointmentId,
              practitionerId: world.town.prescriber.id,
              locationId: world.town.leeds.locationId,
              start: left.start,
            }),
          ),
        ]),
    );
    expect(new Set(codes).difference(new Set(['slot_taken', 'not_now', undefined]))).toEqual(new Set());
    for (const { person } of pairs.flatMap(({ left, right }) => [left, right])) {
      const live = await world.owner
        .selectFrom('appointment')
        .where('patient_id', '=', person.id)
        .where('live', '=', true)
        .select('id')
        .execute();
      expect(live.length).toBe(1);
    }
  });
});

describe('the practice’s notice', () => {
  /** A visit in the prescriber’s calendar that begins in so many hours at the most. */
  async function soon() {
    return booked(world, (await freeWith())[0]!);
  }

  it('a patient can always cancel; late is recorded as late, unless it is never held against anybody', async () => {
    const cases: [CancelReason | undefined, boolean][] = [
      [undefined, true],
      ['changed_mind', true],
      ['time', true],
      ['other', true],
      ['illness', false],
      ['pregnancy', false],
      ['clinic', false],
    ];
    for (const [reasonCode, isLate] of cases) {
      const { appointmentId, person } = await soon();
      await cancelAppointment(world.db, as(person), { appointmentId, reasonCode });
      expect([reasonCode, (await rowOf(world, appointmentId)).cancelled_late]).toEqual([reasonCode, isLate]);
    }
    const far = await booked(world, (await freeWith()).at(70)!);
    await cancelAppointment(world.db, as(far.person), far);
    expect((await rowOf(world, far.appointmentId)).cancelled_late).toBe(false);
  });

  it('a patient who would move within it is asked to call; the practice is not bound', async () => {
    const { appointmentId, person } = await soon();
    const start = (await freeWith()).at(75)!;
    await expectRefusal(moveAppointment(world.db, as(person), { appointmentId, start }), 'move_notice');
    await expectRefusal(
      changePractitioner(world.db, as(person), { appointmentId, ...colleague(start) }),
      'move_notice',
    );
    await moveAppointment(world.db, as(world.town.prescriber), { appointmentId, start });
    // Who was moved by the practice is bound by no notice of it.
    await passTime(world.owner, { hours: 24 });
    const other = (await freeWith()).at(90)!;
    await moveAppointment(world.db, as(person), { appointmentId, start: other });
    expect((await rowOf(world, appointmentId)).during.start!.equals(other)).toBe(true);
  });
});
