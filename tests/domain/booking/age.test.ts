import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { freeSlots } from '#lib/server/domain/availability/reads.ts';
import { setClock } from '../../builders/act.ts';
import { openDaily, place, practise, type Place } from '../../builders/places.ts';
import { vet } from '../../builders/vetting.ts';
import { expectRefusal, hold, openWorld, refusalOf, type World } from './world.ts';

let world: World;
let brisbane: Place;

beforeAll(async () => {
  world = await openWorld({ at: '2026-02-20T12:00:00Z' });
  const { owner, town } = world;
  brisbane = await place(owner, 'queensland');
  await practise(owner, town.prescriber, brisbane);
  await openDaily(owner, town.prescriber, brisbane);
  await openDaily(owner, town.prescriber, town.elPaso);
  await vet(owner, town.prescriber, town.reviewers, { jurisdiction: 'queensland' });
});

/** Whether somebody can keep a time at this moment: "kept", or the refusal. */
async function asked(dateOfBirth: string, at: string, where: Place, which = 0): Promise<string> {
  await setClock(world.owner, at);
  const free = await freeSlots(world.db, {
    practitionerIds: [world.town.prescriber.id],
    locationId: where.locationId,
  });
  const { start } = free[which]!;
  return (await refusalOf(hold(world, start, { location: where.locationId, dateOfBirth }))) ?? 'kept';
}

/** Everything that a hold could leave behind. */
async function traces(): Promise<unknown> {
  const { rows } = await sql`
    SELECT (SELECT count(*) FROM appointment) AS appointments, (SELECT count(*) FROM block) AS blocks,
           (SELECT count(*) FROM booking_party) AS parties, (SELECT count(*) FROM booking_draft) AS drafts,
           (SELECT count(*) FROM event) AS events`.execute(world.owner);
  return rows[0];
}

describe('the age of whoever books, on the day of booking, at the clinic', () => {
  it('17 on the day of booking is refused before any hold, though 18 on the day of the visit', async () => {
    await setClock(world.owner, '2026-02-21T12:00:00Z');
    const before = await traces();
    const { locationId } = world.town.leeds;
    const free = await freeSlots(world.db, {
      practitionerIds: [world.town.prescriber.id],
      locationId,
    });
    const afterTheBirthday = free.find(({ start }) => start.toString() >= '2026-03-02')!;
    await expectRefusal(hold(world, afterTheBirthday.start, { dateOfBirth: '2008-02-22' }), 'under_age');
    expect(await traces()).toEqual(before);
  });

  it('is told before whether the time is free: nobody under age learns anything of a calendar', async () => {
    await setClock(world.owner, '2026-02-21T12:00:00Z');
    const never = Temporal.Instant.from('2026-02-22T03:00:00Z');
    await expectRefusal(hold(world, never, { dateOfBirth: '2008-02-22' }), 'under_age');
    await expectRefusal(hold(world, never, { dateOfBirth: '2008-02-21' }), 'slot_not_offered');
  });

  it.each([
    ['2008-02-28', '2026-02-27T12:00:00Z', 'under_age'],
    ['2008-02-28', '2026-02-28T12:00:00Z', 'kept'],
    // 2026 has no 29 February: of age on 1 March, not a day sooner.
    ['2008-02-29', '2026-02-28T12:00:00Z', 'under_age'],
    ['2008-02-29', '2026-02-28T23:59:00Z', 'under_age'],
    ['2008-02-29', '2026-03-01T00:01:00Z', 'kept'],
    ['2008-03-01', '2026-02-28T12:00:00Z', 'under_age'],
    ['2008-03-01', '2026-03-01T00:01:00Z', 'kept'],
  ])('born on %s, asked at %s: %s', async (dateOfBirth, at, answer) => {
    const before = await traces();
    expect(await asked(dateOfBirth, at, world.town.leeds, Number(at.slice(9, 10)))).toBe(answer);
    if (answer === 'under_age') expect(await traces()).toEqual(before);
  });

  it.each([
    // One instant: 10 March in Brisbane, still 9 March in Leeds and El Paso.
    ['2026-03-09T20:00:00Z', 'kept', 'under_age', 'under_age'],
    // 10 March in Leeds too, still 9 March in El Paso.
    ['2026-03-10T01:00:00Z', 'kept', 'kept', 'under_age'],
    ['2026-03-10T12:00:00Z', 'kept', 'kept', 'kept'],
  ])(
    'born on 10 March 2008, at %s: the date at the clinic decides',
    async (at, queensland, england, texas) => {
      const { leeds, elPaso } = world.town;
      const ask = (where: Place) => asked('2008-03-10', at, where, 20);
      expect([await ask(brisbane), await ask(leeds), await ask(elPaso)]).toEqual([
        queensland,
        england,
        texas,
      ]);
    },
  );

  it('in summer counts the day by the clinic’s clock, an hour ahead of the server’s', async () => {
    expect(await asked('2008-06-02', '2026-06-01T22:59:00Z', world.town.leeds)).toBe('under_age');
    expect(await asked('2008-06-02', '2026-06-01T23:01:00Z', world.town.leeds)).toBe('kept');
  });
});
