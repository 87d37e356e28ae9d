import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { startVisit } from '#lib/server/domain/care/start-visit.ts';
import { endSupervision } from '#lib/server/domain/oversight/end-supervision.ts';
import { lapseListings } from '#lib/server/domain/oversight/lapse-listings.ts';
import { readOperations } from '#lib/server/domain/oversight/reads.ts';
import { resumePaused } from '#lib/server/domain/oversight/resume-paused.ts';
import { suspendPractitioner } from '#lib/server/domain/oversight/suspend.ts';
import { system } from '#lib/server/domain/shared/actor.ts';
import { databaseError } from '#lib/server/platform/db.ts';
import { later, passTime } from '../../builders/act.ts';
import * as care from '../../builders/care.ts';
import { patient, staffMember } from '../../builders/people.ts';
import { supervise, vet } from '../../builders/vetting.ts';
import { closure, book } from '../../builders/visits.ts';
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

const suspend = (who: { id: string }) =>
  suspendPractitioner(world.db, system, { practitionerId: who.id, reason: 'A complaint looked into' });

async function startOf(appointmentId: string): Promise<Temporal.Instant> {
  const { during } = await world.owner
    .selectFrom('appointment')
    .select('during')
    .where('id', '=', appointmentId)
    .executeTakeFirstOrThrow();
  return during.start!;
}

describe('a credential that ends', () => {
  it('refuses no consultation beforehand, and pauses it when the day has come; said once', async () => {
    const who = await checkedDoctor(world, { until: 4 });
    const beyond = await booked(world, who, (await slotsFrom(world, who, 8))[0]!);
    await lapseListings(world.db);
    expect(await stateOf(world, beyond)).toBe('confirmed');

    await passTime(world.owner, { hours: 5 * 24 });
    expect(await slots(world, who)).toEqual([]);
    await lapseListings(world.db);
    await lapseListings(world.db);
    expect(await stateOf(world, beyond)).toBe('paused');
    expect(await eventsOf(world, who.id)).toEqual(['practitioner.lapsed']);
    expect((await eventsOf(world, beyond)).filter((type) => type === 'appointment.paused').length).toBe(1);
  });

  it('refuses a treatment beyond it, in the calendar and in the database', async () => {
    const who = await checkedDoctor(world, { until: 4 });
    const consultation = await care.consulted(world.owner, {
      patient: await patient(world.owner),
      prescriber: who,
      where: world.town.leeds,
    });
    const consent = await care.giveConsent(world.owner, await care.prescribe(world.owner, consultation));
    const beyond = care.bookTreatment(world.owner, consent, await later(world.owner, { days: 6 }));
    expect(await beyond.catch(databaseError)).toMatchObject({ constraint: 'appointment_capability' });
  });

  it('is asked again when a consultation starts', async () => {
    const who = await checkedDoctor(world, { until: 1 });
    const visit = await book(world.owner, {
      kind: 'consultation',
      patient: await patient(world.owner),
      who,
      where: world.town.leeds,
      at: await later(world.owner, { hours: 30 }),
    });
    await passTime(world.owner, { hours: 30 });
    await expectRefusal(
      startVisit(world.db, as(who), { appointmentId: visit.id }),
      'practitioner_unavailable',
    );
  });
});

describe('a renewal under live appointments', () => {
  it('changes nothing for patients: not the visits, not what they are told, not on the day the old papers end', async () => {
    const who = await checkedDoctor(world, { until: 6 });
    const consultation = await care.consulted(world.owner, {
      patient: await patient(world.owner),
      prescriber: who,
      where: world.town.leeds,
    });
    const consent = await care.giveConsent(world.owner, await care.prescribe(world.owner, consultation));
    const treatment = await care.bookTreatment(world.owner, consent, await later(world.owner, { days: 3 }));
    const before = await booked(world, who, (await slotsFrom(world, who, 4))[0]!);
    const beyond = await booked(world, who, (await slotsFrom(world, who, 9))[0]!);
    const patientsSee = async () => {
      const visits = [treatment.id, before, beyond];
      const { rows } = await sql`
        SELECT to_jsonb(a) AS visit FROM appointment a WHERE a.id = ANY (${visits}::uuid[]) ORDER BY a.id`.execute(
        world.owner,
      );
      return { rows, told: await Promise.all(visits.map((id) => eventsOf(world, id))) };
    };
    const asBefore = await patientsSee();

    await vet(world.owner, who, world.town.reviewers, { until: 400 });
    await lapseListings(world.db);
    await resumePaused(world.db);
    expect(await patientsSee()).toEqual(asBefore);
    expect((await slots(world, who)).length).toBeGreaterThan(0);

    await passTime(world.owner, { hours: 7 * 24 });
    await lapseListings(world.db);
    await resumePaused(world.db);
    expect(await patientsSee()).toEqual(asBefore);
    expect(await eventsOf(world, who.id)).not.toContain('practitioner.lapsed');
  });
});

describe('a paused appointment', () => {
  /** A suspended doctor with one paused consultation, `days` ahead. */
  async function paused(days = 5) {
    const who = await checkedDoctor(world);
    const appointmentId = await booked(world, who, (await slotsFrom(world, who, days))[0]!);
    await suspend(who);
    expect(await stateOf(world, appointmentId)).toBe('paused');
    return { who, appointmentId };
  }

  it('is given back when the practitioner is listed again', async () => {
    const { who, appointmentId } = await paused();
    await resumePaused(world.db);
    expect(await stateOf(world, appointmentId)).toBe('paused');
    await vet(world.owner, who, world.town.reviewers);
    await resumePaused(world.db);
    expect(await stateOf(world, appointmentId)).toBe('confirmed');
    expect((await eventsOf(world, appointmentId)).at(-1)).toBe('appointment.resumed');
    const start = await startOf(appointmentId);
    expect((await slots(world, who)).some((slot) => slot.start.equals(start))).toBe(false);
  });

  it('stays on hold while its time is taken, and holds up nobody else’s', async () => {
    const { who, appointmentId } = await paused();
    const other = await paused();
    const start = await startOf(appointmentId);
    await closure(world.owner, who, start, start.add({ minutes: 20 }));
    await vet(world.owner, who, world.town.reviewers);
    await vet(world.owner, other.who, world.town.reviewers);
    await resumePaused(world.db);
    expect(await stateOf(world, appointmentId)).toBe('paused');
    expect(await stateOf(world, other.appointmentId)).toBe('confirmed');
  });

  it('takes a time back from a hold that has run out', async () => {
    const { who, appointmentId } = await paused();
    const start = await startOf(appointmentId);
    await vet(world.owner, who, world.town.reviewers);
    const kept = await hold(world, start, { practitioner: who.slug });
    await resumePaused(world.db);
    expect(await stateOf(world, appointmentId)).toBe('paused');
    await passTime(world.owner, { minutes: 11 });
    await resumePaused(world.db);
    expect(await stateOf(world, appointmentId)).toBe('confirmed');
    expect(await stateOf(world, kept.id)).toBe('expired');
  });

  it('is cancelled by the system a day before it', async () => {
    const { appointmentId } = await paused(5);
    await passTime(world.owner, { hours: 5 * 24 });
    await resumePaused(world.db);
    expect(await stateOf(world, appointmentId)).toBe('cancelled');
    expect((await eventsOf(world, appointmentId)).at(-1)).toBe('appointment.cancelled');
  });

  it('of a review visit becomes a case for the operator', async () => {
    const who = await checkedDoctor(world);
    const review = await book(world.owner, {
      kind: 'follow_up',
      patient: await patient(world.owner),
      who,
      where: world.town.leeds,
      at: await later(world.owner, { days: 4 }),
    });
    await suspend(who);
    const operator = await staffMember(world.owner, 'operator');
    const { reviewsOnHold, suspended, jobs } = await readOperations(world.db, as(operator));
    expect(reviewsOnHold.map(({ appointmentId }) => appointmentId)).toContain(review.id);
    expect(suspended.find(({ practitionerId }) => practitionerId === who.id)?.reason).toBe(
      'A complaint looked into',
    );
    expect(jobs.find(({ task }) => task === 'deliver_event')?.waiting).toBeGreaterThan(0);
    await expectRefusal(readOperations(world.db, as(await staffMember(world.owner))), 'not_found');
  });
});

describe('the end of a supervision', () => {
  it('pauses what stands on it, and is open to both sides only', async () => {
    const who = await checkedDoctor(world);
    const supervisionId = await supervise(world.owner, world.town.loneInjector, who);
    const consultation = await care.consulted(world.owner, {
      patient: await patient(world.owner),
      prescriber: who,
      where: world.town.leeds,
    });
    const prescription = await care.prescribe(world.owner, consultation, {
      injector: world.town.loneInjector,
    });
    const consent = await care.giveConsent(world.owner, prescription);
    const booking = await care.bookTreatment(world.owner, consent, await later(world.owner, { days: 3 }));

    const stranger = await patient(world.owner);
    await expectRefusal(endSupervision(world.db, as(stranger), { supervisionId }), 'not_found');
    await endSupervision(world.db, as(world.town.loneInjector), { supervisionId });
    expect(await stateOf(world, booking.id)).toBe('paused');
    await expectRefusal(endSupervision(world.db, as(who), { supervisionId }), 'not_now');
    // Nobody supervises any more, so the listing is over as well.
    await lapseListings(world.db);
    expect(await eventsOf(world, world.town.loneInjector.id)).toEqual([
      'supervision.ended',
      'practitioner.lapsed',
    ]);
  });

  it('waits for the treatment that is under way', async () => {
    const who = await checkedDoctor(world);
    const { loneInjector } = world.town;
    const supervisionId = await supervise(world.owner, loneInjector, who, { seat: 2 });
    const consultation = await care.consulted(world.owner, {
      patient: await patient(world.owner),
      prescriber: who,
      where: world.town.leeds,
    });
    const prescription = await care.prescribe(world.owner, consultation, { injector: loneInjector });
    const consent = await care.giveConsent(world.owner, prescription);
    const booking = await care.bookTreatment(world.owner, consent, await later(world.owner, { days: 3 }));
    await passTime(world.owner, { hours: 72 });
    await care.startTreatment(world.owner, booking);
    await endSupervision(world.db, as(who), { supervisionId });
    expect(await stateOf(world, booking.id)).toBe('started');
    await care.finishTreatment(world.owner, booking, await care.draftTreatmentRecord(world.owner, booking));
    expect(await stateOf(world, booking.id)).toBe('completed');
  });
});
