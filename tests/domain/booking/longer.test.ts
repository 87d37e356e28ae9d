import { beforeAll, describe, expect, it } from 'vitest';
import type { Alternative } from '#lib/server/domain/availability/claim.ts';
import { changePractitioner } from '#lib/server/domain/booking/change-practitioner.ts';
import { confirmBooking } from '#lib/server/domain/booking/confirm-booking.ts';
import { fitHold } from '#lib/server/domain/booking/fit-hold.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import { readBooking } from '#lib/server/domain/booking/reads.ts';
import { saveDraft } from '#lib/server/domain/booking/save-draft.ts';
import { isRefusal } from '#lib/server/domain/shared/refusal.ts';
import { patient } from '../../builders/people.ts';
import { booked, rowOf } from './booked.ts';
import { anonymous, as, hold, openWorld, slots, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

const free = async () => (await slots(world)).map(({ start }) => start);
/** The first time of the n-th day with free times, and so many minutes. */
async function onDay(day: number, minutes = 0) {
  const days = Map.groupBy(await free(), (start) => start.toString().slice(0, 10));
  return [...days.values()][day]![0]!.add({ minutes });
}

async function minutesOf(appointmentId: string) {
  const { during } = await rowOf(world, appointmentId);
  return during.end!.since(during.start!).total('minutes');
}

async function needing(kept: { id: string; partyId: string }, ...needs: string[]) {
  const own = { appointmentId: kept.id, partyId: kept.partyId };
  await saveDraft(world.db, anonymous, { ...own, typed: { needs } });
  return own;
}

describe('with an interpreter', () => {
  it('a kept time becomes twice as long where there is room, and shorter again', async () => {
    const kept = await hold(world, await onDay(2));
    const own = await needing(kept, 'interpreter', 'step_free');
    await fitHold(world.db, anonymous, own);
    await fitHold(world.db, anonymous, own);
    expect(await minutesOf(kept.id)).toBe(60);
    expect((await readBooking(world.db, anonymous, own)).offer.durationMinutes).toBe(60);
    await fitHold(world.db, anonymous, await needing(kept, 'step_free'));
    expect(await minutesOf(kept.id)).toBe(30);
  });

  it('where there is none, the nearest times with room are named, and nothing is lost', async () => {
    const start = await onDay(3);
    const kept = await hold(world, start);
    await hold(world, start.add({ minutes: 45 }));
    const own = await needing(kept, 'sign_language');
    const refused = await fitHold(world.db, anonymous, own).catch((error: unknown) => error);
    if (!isRefusal(refused, 'visit_too_long')) throw refused;
    const [nearest] = refused.details.alternatives as Alternative[];
    expect(await minutesOf(kept.id)).toBe(30);
    expect(await readBooking(world.db, anonymous, own)).toMatchObject({
      state: 'held',
      draft: { needs: ['sign_language'] },
    });
    await fitHold(world.db, anonymous, { ...own, start: Temporal.Instant.from(nearest!.start) });
    expect(await minutesOf(kept.id)).toBe(60);
    expect((await rowOf(world, kept.id)).during.start!.toString()).toBe(nearest!.start);
  });

  it('a booked visit keeps its length when it moves, to another time or to a colleague', async () => {
    const person = await patient(world.owner);
    const kept = await hold(world, await onDay(5), { actor: as(person), dateOfBirth: null });
    const own = { appointmentId: kept.id, partyId: null };
    await saveDraft(world.db, as(person), { ...own, typed: { needs: ['longer_visit'] } });
    await fitHold(world.db, as(person), own);
    await confirmBooking(world.db, as(person), own);
    await moveAppointment(world.db, as(person), { ...own, start: await onDay(6) });
    expect(await minutesOf(kept.id)).toBe(60);
    const changed = await changePractitioner(world.db, as(person), {
      ...own,
      practitionerId: world.town.otherPrescriber.id,
      locationId: world.town.leeds.locationId,
      start: await onDay(7),
    });
    expect(await minutesOf(changed.id)).toBe(60);
    const usual = await booked(world, await onDay(8));
    expect(await minutesOf(usual.appointmentId)).toBe(30);
  });
});
