import { beforeAll, describe, expect, it } from 'vitest';
import { readMyPatients } from '#lib/server/domain/care/reads.ts';
import { passTime } from '../../builders/act.ts';
import { patient } from '../../builders/people.ts';
import { book } from '../../builders/visits.ts';
import { as, auditOf, openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

/** Booked with the prescriber, each after the other. */
async function bookedAs(givenName: string, familyName: string, who = world.town.prescriber) {
  const { owner, town } = world;
  await passTime(owner, { hours: 1 });
  const someone = await patient(owner);
  await owner
    .updateTable('patient')
    .set({ given_name: givenName, family_name: familyName })
    .where('id', '=', someone.id)
    .execute();
  await book(owner, { kind: 'consultation', patient: someone, who, where: town.leeds });
  return someone;
}

describe('a practitioner’s own patients', () => {
  it('are found by any part of the name, whatever its capitals and accents, and only those are read', async () => {
    const { db, town } = world;
    const elif = await bookedAs('Elif', 'Öztürk');
    const other = await bookedAs('Elif', 'Marlowe');
    const elsewhere = await bookedAs('Elif', 'Ozturk', town.otherPrescriber);
    const find = async (name: string) => (await readMyPatients(db, as(town.prescriber), { name })).patients;
    for (const name of ['ozturk', 'ÖZT', 'elif özt', ' türk  elif ', 'f z'])
      expect(
        (await find(name)).map(({ id }) => id),
        name,
      ).toEqual([elif.id]);
    for (const name of ['elif%', 'Öztürk Marlowe', '_']) expect(await find(name), name).toEqual([]);
    expect((await find('elif')).map(({ name }) => name)).toEqual(['Elif Marlowe', 'Elif Öztürk']);
    const looks = (of: typeof elif) => auditOf(world, { patient: of });
    expect([(await looks(elif)).length, (await looks(other)).length]).toEqual([6, 1]);
    expect(await looks(elsewhere)).toEqual([]);
  });

  it('are those seen next or last where a page does not take them all, and how many there are is said', async () => {
    const { db, town } = world;
    const first = await bookedAs('Anna', 'Abel');
    const late = [await bookedAs('Zoë', 'Zabel'), await bookedAs('Yan', 'Yabel')];
    const me = as(town.prescriber);
    const { total } = await readMyPatients(db, me);
    const page = await readMyPatients(db, me, { most: 2 });
    expect(page.total).toBe(total);
    // Of those whom the page takes, the names are in order.
    expect(page.patients.map(({ id }) => id)).toEqual([late[1]!.id, late[0]!.id]);
    expect(
      (await readMyPatients(db, me, { name: 'abel anna', most: 2 })).patients.map(({ id }) => id),
    ).toEqual([first.id]);
    expect(await readMyPatients(db, me, { name: 'nobody' })).toEqual({ total: 0, patients: [] });
  });
});
