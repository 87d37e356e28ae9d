import { beforeAll, describe, expect, it } from 'vitest';
import { freeSlots } from '#lib/server/domain/availability/reads.ts';
import { bookTreatment } from '#lib/server/domain/care/book-treatment.ts';
import { readTreatmentTimes } from '#lib/server/domain/care/my-times.ts';
import { later, passTime } from '../../builders/act.ts';
import { bookTreatment as insertTreatment, consulted, giveConsent, prescribe } from '../../builders/care.ts';
import { patient } from '../../builders/people.ts';
import { openDaily, place, practise, type Place } from '../../builders/places.ts';
import { vet } from '../../builders/vetting.ts';
import { as, expectRefusal, openWorld, stateOf, type World } from './world.ts';

// Ten miles apart: one clinic, one doctor who may do everything in both, two laws.
let world: World;
let carlisle: Place;
let gretna: Place;

beforeAll(async () => {
  world = await openWorld();
  const { owner, town } = world;
  carlisle = await place(owner, 'england');
  gretna = await place(owner, 'scotland', { clinicId: carlisle.clinicId });
  for (const where of [carlisle, gretna]) {
    await practise(owner, town.prescriber, where);
    await openDaily(owner, town.prescriber, where);
  }
  await vet(owner, town.prescriber, town.reviewers, { jurisdiction: 'scotland' });
});

/** A patient seen in one place, with a prescription for the same doctor's hand, and consent to it. */
async function seenIn(where: Place) {
  const { owner, town } = world;
  await passTime(owner, { hours: 3 });
  const me = await patient(owner);
  const consultation = await consulted(owner, { patient: me, prescriber: town.prescriber, where });
  const prescription = await prescribe(owner, consultation, { injector: town.prescriber });
  return { actor: as(me), prescription, consent: await giveConsent(owner, prescription) };
}

/** A free treatment time there, beyond every cooling-off. */
async function timeIn({ locationId }: Place): Promise<Temporal.Instant> {
  const free = await freeSlots(world.db, {
    practitionerIds: [world.town.prescriber.id],
    locationId,
    kind: 'treatment',
  });
  const soonest = await later(world.owner, { hours: 72 });
  return free.find(({ start }) => Temporal.Instant.compare(start, soonest) > 0)!.start;
}

describe('a course of care stays under the law it began with (G9)', () => {
  it.each([
    ['Carlisle', 'Gretna', () => [carlisle, gretna] as const],
    ['Gretna', 'Carlisle', () => [gretna, carlisle] as const],
  ])('seen in %s: a treatment in %s is refused, and one at home is not', async (_home, _away, sides) => {
    const [home, away] = sides();
    const { actor, prescription } = await seenIn(home);
    const prescriptionId = prescription.id;

    const { places } = await readTreatmentTimes(world.db, actor, prescriptionId, null);
    const offered = places.flatMap(({ days }) =>
      days.flatMap(({ times }) => times.map(({ value }) => value)),
    );
    expect(offered.length).toBeGreaterThan(0);
    expect(offered.filter((value) => value.endsWith(away.locationId))).toEqual([]);

    await expectRefusal(
      bookTreatment(world.db, actor, {
        prescriptionId,
        locationId: away.locationId,
        start: await timeIn(away),
      }),
      'slot_not_offered',
    );
    const { id } = await bookTreatment(world.db, actor, {
      prescriptionId,
      locationId: home.locationId,
      start: await timeIn(home),
    });
    expect(await stateOf(world, id)).toBe('confirmed');
  });

  it('SQL is refused too: the prescription is of the one law, the treatment of the other', async () => {
    const { consent } = await seenIn(carlisle);
    await expect(
      insertTreatment(world.owner, consent, await timeIn(gretna), { where: gretna }),
    ).rejects.toMatchObject({ constraint: 'appointment_prescription' });
  });
});
