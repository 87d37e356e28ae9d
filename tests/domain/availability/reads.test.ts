import { Kysely, PostgresDialect, sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DB } from '#db/schema.ts';
import { earliestSlots, freeSlots, practiceKey, slotDays } from '#lib/server/domain/availability/reads.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { later, passTime } from '../../builders/act.ts';
import { visitor } from '../../builders/people.ts';
import { openDaily } from '../../builders/places.ts';
import { build, type Town } from '../../builders/town.ts';
import { closure, hold } from '../../builders/visits.ts';
import { afterFile } from '../../harness/after.ts';
import { createTestDatabase } from '../../harness/database.ts';

let owner: Db;
let db: Db;
let town: Town;
const asked: string[] = [];

beforeAll(async () => {
  const { urls } = await createTestDatabase();
  owner = openDb(openPool(urls.owner, { max: 2, onError: () => {} }));
  const pool = openPool(urls.app, { max: 2, onError: () => {} });
  db = new Kysely<DB>({
    dialect: new PostgresDialect({ pool }),
    log: (event) => void asked.push(event.query.sql),
  });
  afterFile(() => Promise.all([owner.destroy(), db.destroy()]));
  town = await build(owner);
});

async function queriesOf<T>(read: () => Promise<T>): Promise<[T, number]> {
  asked.length = 0;
  return [await read(), asked.length];
}

describe('free slots', () => {
  it('take two queries, for one practitioner or three', async () => {
    const { prescriber, otherPrescriber, injector } = town;
    const [one, queriesForOne] = await queriesOf(() => freeSlots(db, { practitionerIds: [prescriber.id] }));
    const ids = [prescriber.id, otherPrescriber.id, injector.id];
    const [three, queriesForThree] = await queriesOf(() =>
      freeSlots(db, { practitionerIds: ids, kind: 'treatment' }),
    );
    expect([queriesForOne, queriesForThree]).toEqual([2, 2]);
    expect(new Set(one.map((slot) => slot.practitionerId))).toEqual(new Set([prescriber.id]));
    expect(new Set(three.map((slot) => slot.practitionerId))).toEqual(new Set(ids));
    expect(await queriesOf(() => freeSlots(db, { practitionerIds: [] }))).toEqual([[], 0]);
  });

  it('for a consultation are those of listed practitioners who may hold one', async () => {
    expect(await freeSlots(db, { slug: town.injector.slug })).toEqual([]);
    expect(await freeSlots(db, { slug: town.loneInjector.slug, kind: 'treatment' })).toEqual([]);
    expect((await freeSlots(db, { slug: town.injector.slug, kind: 'treatment' })).length).toBeGreaterThan(0);
  });

  it('leave out closures and live holds, and have stale holds back without being swept', async () => {
    const read = async () =>
      (await freeSlots(db, { slug: town.otherPrescriber.slug })).map(({ start }) => start);
    const before = await read();
    const at = before.at(40)!;
    await hold(owner, { party: await visitor(owner), who: town.otherPrescriber, where: town.leeds, at });
    const held = await read();
    expect(held.some((start) => start.equals(at))).toBe(false);
    await passTime(owner, { minutes: 11 });
    expect((await read()).some((start) => start.equals(at))).toBe(true);

    const closed = await later(owner, { days: 20 });
    await closure(owner, town.otherPrescriber, closed, closed.add({ hours: 24 }));
    const open = await read();
    expect(
      open.some((start) => start.since(closed).sign >= 0 && start.until(closed.add({ hours: 24 })).sign > 0),
    ).toBe(false);
  });

  it('for a treatment end where the capability does; a consultation is checked again at its start', async () => {
    const read = (kind: 'consultation' | 'treatment') => freeSlots(db, { slug: town.prescriber.slug, kind });
    const end = (await later(owner, { days: 10 })).toZonedDateTimeISO('UTC').startOfDay().toInstant();
    await sql`UPDATE capability_period SET valid = tstzrange(lower(valid), ${end}) WHERE practitioner_id = ${town.prescriber.id}`.execute(
      owner,
    );
    const lastTreatment = (await read('treatment')).at(-1)!.end;
    const lastConsultation = (await read('consultation')).at(-1)!.end;
    expect(Temporal.Instant.compare(lastTreatment, end)).toBeLessThanOrEqual(0);
    expect(Temporal.Instant.compare(lastConsultation, end)).toBe(1);
  });

  it('are bound to local dates, both included', async () => {
    await openDaily(owner, town.prescriber, town.elPaso);
    const day = (await later(owner, { days: 5 }))
      .toZonedDateTimeISO('America/Denver')
      .toPlainDate()
      .toString();
    const slots = await freeSlots(db, {
      slug: town.prescriber.slug,
      locationId: town.elPaso.locationId,
      from: day,
      to: day,
    });
    expect(slotDays(slots).map(({ date }) => date)).toEqual([day]);
    expect(slotDays(slots)[0]!.times[0]!.text).toBe('9:00 am');
  });
});

describe('the earliest slots', () => {
  it('of many practices take two queries and keep each practice apart', async () => {
    const { prescriber, otherPrescriber, loneInjector, leeds, elPaso } = town;
    const practices = [
      { practitionerId: prescriber.id, locationId: leeds.locationId },
      { practitionerId: prescriber.id, locationId: elPaso.locationId },
      { practitionerId: otherPrescriber.id, locationId: leeds.locationId },
      { practitionerId: loneInjector.id, locationId: leeds.locationId },
    ];
    const [earliest, queries] = await queriesOf(() => earliestSlots(db, practices, { limit: 3 }));
    expect(queries).toBe(2);
    expect([...earliest.keys()].toSorted()).toEqual(practices.slice(0, 3).map(practiceKey).toSorted());
    expect([...earliest.values()].map((slots) => slots.length)).toEqual([3, 3, 3]);
    const [first] = await freeSlots(db, { practitionerIds: [otherPrescriber.id] });
    expect(earliest.get(practiceKey(practices[2]!))![0]).toEqual(first);
  });
});
