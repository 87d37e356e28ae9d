import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { confirmBooking } from '#lib/server/domain/booking/confirm-booking.ts';
import { holdSlot } from '#lib/server/domain/booking/hold-slot.ts';
import { signTreatment } from '#lib/server/domain/care/record-treatment.ts';
import { suspendPractitioner } from '#lib/server/domain/oversight/suspend.ts';
import { system } from '#lib/server/domain/shared/actor.ts';
import { isRefusal } from '#lib/server/domain/shared/refusal.ts';
import { databaseError } from '#lib/server/platform/db.ts';
import { later, passTime } from '../../builders/act.ts';
import * as care from '../../builders/care.ts';
import { patient, staffMember, type Practitioner } from '../../builders/people.ts';
import { supervise } from '../../builders/vetting.ts';
import { advance, book, type Visit } from '../../builders/visits.ts';
import { given } from '../care/world.ts';
import {
  as,
  booked,
  checkedDoctor,
  eventsOf,
  expectRefusal,
  hold,
  openWorld,
  slots,
  slotsFrom,
  stateOf,
  type World,
} from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

const suspend = (who: { id: string }, by = world.town.reviewers[0]) =>
  suspendPractitioner(world.db, as(by), { practitionerId: who.id, reason: 'A complaint looked into' });

/** Appointments that still take this practitioner's time, or stand on this prescriber. */
async function live(who: Practitioner): Promise<number> {
  const { rows } = await sql<{ live: number }>`
    SELECT count(*) AS live FROM appointment WHERE live AND (practitioner_id = ${who.id} OR prescriber_id = ${who.id})`.execute(
    world.owner,
  );
  return rows[0]!.live;
}

/** A patient treated by `injector` on `prescriber`'s prescription: the booking, three days from now. */
async function treatment(prescriber: Practitioner, injector = prescriber): Promise<care.Treatment> {
  const { owner, town } = world;
  const consultation = await care.consulted(owner, {
    patient: await patient(owner),
    prescriber,
    where: town.leeds,
  });
  const consent = await care.giveConsent(owner, await care.prescribe(owner, consultation, { injector }));
  return care.bookTreatment(owner, consent, await later(owner, { days: 3 }));
}

describe('a suspension', () => {
  it('ends at once what has not begun: later visits wait, those within a day and holds are cancelled', async () => {
    const who = await checkedDoctor(world);
    const [first] = await slots(world, who);
    const soon = await booked(world, who, first!.start);
    const waits = await booked(world, who, (await slotsFrom(world, who, 3))[0]!);
    const kept = await hold(world, (await slotsFrom(world, who, 5))[0]!, { practitioner: who.slug });

    expect(await suspend(who)).toEqual({ appointmentsEnded: 3 });
    expect(await stateOf(world, soon)).toBe('cancelled');
    expect(await stateOf(world, waits)).toBe('paused');
    expect(await stateOf(world, kept.id)).toBe('cancelled');
    expect((await eventsOf(world, waits)).at(-1)).toBe('appointment.paused');
    expect((await eventsOf(world, soon)).at(-1)).toBe('appointment.cancelled');
    expect(await eventsOf(world, who.id)).toEqual(['practitioner.suspended']);
    expect(await slots(world, who)).toEqual([]);
    await expectRefusal(suspend(who), 'not_now');
    await expectRefusal(
      hold(world, (await later(world.owner, { days: 2 })).round('hour'), { practitioner: who.slug }),
      'practitioner_unavailable',
    );
  });

  it('reaches the treatments that others give on this prescription', async () => {
    const who = await checkedDoctor(world);
    await supervise(world.owner, world.town.loneInjector, who);
    const booking = await treatment(who, world.town.loneInjector);
    await suspend(who);
    expect(await stateOf(world, booking.id)).toBe('paused');
    expect(await live(who)).toBe(0);
  });

  it('lets a visit under way be finished and recorded: facts are never refused', async () => {
    const who = await checkedDoctor(world);
    const booking = await treatment(who);
    await passTime(world.owner, { hours: 72 });
    await care.startTreatment(world.owner, booking);
    await suspend(who);
    expect(await stateOf(world, booking.id)).toBe('started');
    await signTreatment(world.db, as(who), { appointmentId: booking.id, draft: given(), reasons: {} });
    expect(await stateOf(world, booking.id)).toBe('completed');
  });

  it('tells everybody treated in the last 28 days how to get help', async () => {
    const who = await checkedDoctor(world);
    const treated = await treatment(who);
    await passTime(world.owner, { hours: 72 });
    await care.treat(world.owner, treated);
    await suspend(who);
    expect(await eventsOf(world, treated.id)).toEqual(['appointment.help_changed']);
  });

  it('sends home who is in the waiting room, and never starts again', async () => {
    const who = await checkedDoctor(world);
    const visit: Visit = await book(world.owner, {
      kind: 'consultation',
      patient: await patient(world.owner),
      who,
      where: world.town.leeds,
    });
    await advance(world.owner, visit, 'arrived');
    await suspend(who);
    expect(await stateOf(world, visit.id)).toBe('cancelled');
  });

  it('is for reviewers and operators, and not about themselves', async () => {
    const who = await checkedDoctor(world);
    await expectRefusal(suspend(who, await patient(world.owner)), 'not_found');
    await world.owner.insertInto('staff').values({ account_id: who.accountId, role: 'reviewer' }).execute();
    await expectRefusal(suspend(who, who), 'not_about_yourself');
    await expectRefusal(suspend({ id: crypto.randomUUID() }), 'not_found');
    await suspend(who, await staffMember(world.owner, 'operator'));
    const { reason, suspended_by } = await world.owner
      .selectFrom('suspension')
      .selectAll()
      .where('practitioner_id', '=', who.id)
      .executeTakeFirstOrThrow();
    expect(reason).toBe('A complaint looked into');
    expect(suspended_by).not.toBeNull();
  });
});

describe('the database holds it too', () => {
  it.each(['practitioner', 'prescriber'] as const)(
    'refuses to suspend the %s of a live treatment',
    async (side) => {
      const who = await checkedDoctor(world);
      if (side === 'prescriber')
        await supervise(world.owner, world.town.loneInjector, who, { seat: 1 }).catch(() => undefined);
      await treatment(who, side === 'prescriber' ? world.town.loneInjector : who);
      const raw = sql`SELECT suspend_practitioner(${who.id})`.execute(world.db).catch(databaseError);
      expect(await raw).toMatchObject({
        code: '23503',
        constraint: side === 'prescriber' ? 'appointment_prescriber_standing' : 'appointment_standing',
      });
    },
  );
});

describe('a suspension against bookings at the same moment', () => {
  const ROUNDS = 20;
  const BOOKERS = 8;

  it(`leaves none live, in ${ROUNDS} rounds of ${BOOKERS}`, async () => {
    const people = await Promise.all(Array.from({ length: BOOKERS }, () => patient(world.owner)));
    type Person = (typeof people)[number];
    const keep = (who: Practitioner, person: Person, start: Temporal.Instant) =>
      holdSlot(world.db, as(person), {
        practitioner: who.slug,
        location: world.town.leeds.locationId,
        start,
        dateOfBirth: null,
        visitorToken: crypto.randomUUID(),
      });
    const confirm = (person: Person, { id }: { id: string }) =>
      confirmBooking(world.db, as(person), { appointmentId: id, partyId: null });
    const bookWith = async (who: Practitioner, person: Person, start: Temporal.Instant) =>
      confirm(person, await keep(who, person, start));
    // Far enough from each other that the buffers do not touch.
    const freeOf = async (who: Practitioner) =>
      (await slotsFrom(world, who, 2)).filter((_, index) => index % 4 === 0);

    const refusals = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const who = await checkedDoctor(world);
      const free = await freeOf(who);
      const bookings = Promise.allSettled(people.map((person, index) => bookWith(who, person, free[index]!)));
      await new Promise((resolve) => setTimeout(resolve, (round % 5) * 15));
      await suspendPractitioner(world.db, system, { practitionerId: who.id, reason: 'Race' });
      for (const outcome of await bookings) {
        if (outcome.status === 'fulfilled') continue;
        if (isRefusal(outcome.reason)) refusals.add(outcome.reason.code);
        else throw outcome.reason;
      }
      expect(await live(who)).toBe(0);
    }
    expect(['hold_ended', 'practitioner_unavailable']).toEqual(expect.arrayContaining([...refusals]));

    // Which ends of the race are met is chance; here each of them is.
    const who = await checkedDoctor(world);
    const free = await freeOf(who);
    await bookWith(who, people[0]!, free[0]!);
    const kept = await keep(who, people[1]!, free[1]!);
    await suspendPractitioner(world.db, system, { practitionerId: who.id, reason: 'Race' });
    await expectRefusal(confirm(people[1]!, kept), 'hold_ended');
    await expectRefusal(keep(who, people[2]!, free[2]!), 'practitioner_unavailable');
    expect(await live(who)).toBe(0);
  });
});
