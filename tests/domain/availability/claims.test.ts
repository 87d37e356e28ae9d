import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { claimSlot, reserveSlot, type ClaimedSlot } from '#lib/server/domain/availability/claim.ts';
import { freeSlots, type FreeSlot } from '#lib/server/domain/availability/reads.ts';
import { system } from '#lib/server/domain/shared/actor.ts';
import { Refusal } from '#lib/server/domain/shared/refusal.ts';
import { transact } from '#lib/server/domain/shared/transact.ts';
import { openDb, openPool, rangeValue, type Db, type Queryable, type Trx } from '#lib/server/platform/db.ts';
import { span } from '#lib/server/platform/instants.ts';
import { later, passTime } from '../../builders/act.ts';
import { visitor } from '../../builders/people.ts';
import { openDaily, type Place } from '../../builders/places.ts';
import { build, type Town } from '../../builders/town.ts';
import { afterFile } from '../../harness/after.ts';
import { createTestDatabase } from '../../harness/database.ts';
import { randomFrom } from '../../harness/random.ts';

const SEED = Number(process.env.SEED ?? 20_261_025);
const RUNS = 25;

let owner: Db;
let db: Db;
let town: Town;

beforeAll(async () => {
  const { urls } = await createTestDatabase();
  owner = openDb(openPool(urls.owner, { max: 2, onError: () => {} }));
  db = openDb(openPool(urls.app, { max: 4, onError: () => {} }));
  afterFile(() => Promise.all([owner.destroy(), db.destroy()]));
  town = await build(owner);
  await openDaily(owner, town.prescriber, town.elPaso);
});

/** Holds claimed time for a visitor. */
async function keep(
  trx: Queryable,
  claimed: ClaimedSlot,
  { practitionerId, locationId }: FreeSlot,
): Promise<void> {
  const { id } = await visitor(trx);
  await trx
    .insertInto('appointment')
    .values({
      kind: 'consultation',
      state: 'held',
      practitioner_id: practitionerId,
      location_id: locationId,
      clinic_id: claimed.clinicId,
      jurisdiction: claimed.jurisdiction,
      time_zone: claimed.timeZone,
      party_id: id,
      during: rangeValue(claimed.during),
      block_id: claimed.blockId,
      block_span: rangeValue(claimed.blockSpan),
    })
    .execute();
}

async function book(trx: Trx, slot: FreeSlot): Promise<void> {
  await keep(trx, await claimSlot(trx, { ...slot, kind: 'consultation' }), slot);
}

const terms = (trx: Queryable, where: Place, row: object) =>
  trx
    .updateTable('practice')
    .set(row)
    .where('practitioner_id', '=', town.prescriber.id)
    .where('location_id', '=', where.locationId)
    .execute();

const addRoom = (trx: Queryable, where: Place, name: string, kinds = ['consultation']) =>
  trx
    .insertInto('room')
    .values({ location_id: where.locationId, name, kinds })
    .returning('id')
    .executeTakeFirstOrThrow();

/** Runs something and takes it all back. */
async function triedOut<T>(work: (trx: Trx) => Promise<T>): Promise<T> {
  const over = new Error('over');
  let answer: { value: T } | undefined;
  await transact(db, system, async (trx) => {
    answer = { value: await work(trx) };
    throw over;
  }).catch((error: unknown) => {
    if (error !== over) throw error;
  });
  return answer!.value;
}

async function refusedWith(work: () => Promise<unknown>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

const key = ({ locationId, start }: FreeSlot) => `${locationId} ${start}`;

describe('what is offered is what can be booked', () => {
  it(`${RUNS} practices with rooms, ways and limits, seed ${SEED}`, async () => {
    const random = randomFrom(SEED);
    const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
    let booked = 0;
    const refused = new Map<string, number>();

    for (let run = 0; run < RUNS; run++) {
      await triedOut(async (trx) => {
        const needsRoom = random() < 0.5;
        for (const where of [town.leeds, town.elPaso]) {
          await terms(trx, where, {
            starts_count_from: oneOf(['hours', 'clock']),
            step_minutes: oneOf([15, 20, 25]),
            travel_minutes: oneOf([0, 30, 90]),
            daily_limit: oneOf([null, 1, 3]),
            weekly_limit: oneOf([null, 4]),
            needs_room: needsRoom && where === town.leeds,
          });
        }
        await addRoom(trx, town.leeds, `Room ${run}`);
        if (random() < 0.5)
          await addRoom(trx, town.leeds, `Other room ${run}`, ['consultation', 'treatment']);
        if (random() < 0.5)
          await sql`UPDATE practice SET needs_room = true WHERE practitioner_id = ${town.otherPrescriber.id}`.execute(
            trx,
          );

        const first = (await later(trx, { days: 3 })).toZonedDateTimeISO('UTC').toPlainDate();
        const dates = { from: first.toString(), to: first.add({ days: 3 }).toString() };
        const offered = async (practitionerId: string) =>
          freeSlots(trx, { practitionerIds: [practitionerId], ...dates });
        const atFirst = await offered(town.prescriber.id);
        for (const who of [
          town.otherPrescriber,
          town.prescriber,
          town.prescriber,
          town.otherPrescriber,
          town.prescriber,
        ]) {
          const slots = await offered(who.id);
          if (slots.length > 0) await book(trx, oneOf(slots));
        }

        const slots = await offered(town.prescriber.id);
        const keys = new Set(slots.map(key));
        const attempt = async (slot: FreeSlot) => {
          await sql`SAVEPOINT attempt`.execute(trx);
          const code = await refusedWith(() => book(trx, slot));
          await sql`ROLLBACK TO SAVEPOINT attempt`.execute(trx);
          return code;
        };
        for (let i = 0; i < 4 && slots.length > 0; i++) {
          const slot = oneOf(slots);
          expect(await attempt(slot), key(slot)).toBeNull();
          booked++;
        }
        const anyMinute = () => {
          const { locationId, timeZone } = oneOf([town.leeds, town.elPaso]);
          const start = first
            .add({ days: Math.floor(random() * 4) })
            .toZonedDateTime({ timeZone, plainTime: '09:00' })
            .add({ minutes: 5 * Math.floor(random() * 90) })
            .toInstant();
          return { practitionerId: town.prescriber.id, locationId, timeZone, start, end: start };
        };
        const gone = atFirst.filter((slot) => !keys.has(key(slot)));
        const others = [
          anyMinute(),
          anyMinute(),
          anyMinute(),
          ...(gone.length > 0 ? [oneOf(gone), oneOf(gone)] : []),
        ];
        for (const slot of others.filter((other) => !keys.has(key(other)))) {
          const code = await attempt(slot);
          expect(['slot_taken', 'slot_not_offered'], key(slot)).toContain(code);
          refused.set(code!, (refused.get(code!) ?? 0) + 1);
        }
      });
    }
    const refusals = [...refused].map(([code, times]) => `${times} ${code}`).join(', ');
    process.stdout.write(`${booked} booked, refused: ${refusals}, seed ${SEED}\n`);
    expect(booked).toBeGreaterThan(RUNS);
    expect(refused.size).toBe(2);
  });

  it('extra sessions, holidays and closures of the location decide, and a visit with an interpreter takes twice as long', async () => {
    await triedOut(async (trx) => {
      const day = (await later(trx, { days: 5 })).toZonedDateTimeISO('Europe/London').toPlainDate();
      const date = day.toString();
      const starts = async (asked = {}) =>
        (
          await freeSlots(trx, {
            practitionerIds: [town.prescriber.id],
            locationId: town.leeds.locationId,
            from: date,
            to: date,
            ...asked,
          })
        ).map(({ start }) => start.toZonedDateTimeISO('Europe/London').toPlainTime().toString().slice(0, 5));
      await terms(trx, town.leeds, { step_minutes: 30 });
      expect((await starts()).at(-1)).toBe('16:30');
      expect((await starts({ doubleLength: true })).at(-1)).toBe('16:00');

      await trx
        .insertInto('opening')
        .values({
          practitioner_id: town.prescriber.id,
          location_id: town.leeds.locationId,
          on_date: date,
          start_minute: 18 * 60,
          end_minute: 19 * 60,
        })
        .execute();
      expect((await starts()).at(-1)).toBe('18:30');
      const at = (hour: number) =>
        day.toZonedDateTime({ timeZone: 'Europe/London', plainTime: { hour } }).toInstant();
      await trx
        .insertInto('closure')
        .values({ location_id: town.leeds.locationId, span: rangeValue(span(at(0), at(18))) })
        .execute();
      await trx
        .insertInto('closure')
        .values({
          practitioner_id: town.prescriber.id,
          location_id: town.elPaso.locationId,
          span: rangeValue(span(at(18), at(20))),
        })
        .execute();
      // The first would need its five minutes before six.
      expect(await starts()).toEqual(['18:30']);
    });
    await owner.transaction().execute(async (trx) => {
      const day = (await later(trx, { days: 6 }))
        .toZonedDateTimeISO('Europe/London')
        .toPlainDate()
        .toString();
      const asked = {
        practitionerIds: [town.prescriber.id],
        locationId: town.leeds.locationId,
        from: day,
        to: day,
      };
      expect(await freeSlots(trx, asked)).not.toEqual([]);
      await trx
        .insertInto('public_holiday')
        .values({ jurisdiction: 'england', on_date: day, name: 'A holiday' })
        .execute();
      expect(await freeSlots(trx, asked)).toEqual([]);
      await terms(trx, town.leeds, { closed_on_public_holidays: false });
      expect(await freeSlots(trx, asked)).not.toEqual([]);
      await sql`DELETE FROM public_holiday`.execute(trx);
      await terms(trx, town.leeds, { closed_on_public_holidays: true });
    });
  });

  it('the claim takes the next room when the first is taken, and none of another kind', async () => {
    await triedOut(async (trx) => {
      await terms(trx, town.leeds, { needs_room: true });
      await addRoom(trx, town.leeds, 'A', ['treatment']);
      const both = await addRoom(trx, town.leeds, 'B', ['consultation', 'treatment']);
      const [slot] = await freeSlots(trx, {
        practitionerIds: [town.prescriber.id],
        locationId: town.leeds.locationId,
      });
      const { blockId } = await claimSlot(trx, { ...slot!, kind: 'consultation' });
      const { room_id } = await trx
        .selectFrom('block')
        .select('room_id')
        .where('id', '=', blockId)
        .executeTakeFirstOrThrow();
      expect(room_id).toBe(both.id);
    });
  });

  it('time kept for something to come is free again when its moment has passed, swept or not', async () => {
    await owner.transaction().execute(async (trx) => {
      const asked = { practitionerIds: [town.otherPrescriber.id] };
      const slot = (await freeSlots(trx, asked)).at(60)!;
      const isOffered = async () =>
        (await freeSlots(trx, asked)).some(({ start }) => start.equals(slot.start));
      const wanted = { ...slot, kind: 'consultation' } as const;
      const { blockId } = await reserveSlot(trx, wanted, await later(trx, { minutes: 15 }));
      expect(await isOffered()).toBe(false);
      expect(await refusedWith(() => claimSlot(trx, wanted))).toBe('slot_taken');

      // Whom it was kept for may have it.
      await sql`SAVEPOINT kept`.execute(trx);
      await keep(trx, await claimSlot(trx, { ...wanted, insteadOfBlockIds: [blockId] }), slot);
      await sql`SET CONSTRAINTS ALL IMMEDIATE`.execute(trx);
      await sql`ROLLBACK TO SAVEPOINT kept`.execute(trx);

      await passTime(trx, { minutes: 16 });
      expect(await isOffered()).toBe(true);
      await keep(trx, await claimSlot(trx, wanted), slot);
      await sql`SELECT 1 FROM block WHERE id = ${blockId}`
        .execute(trx)
        .then(({ rows }) => expect(rows).toEqual([]));
    });
  });
});

describe('two at once', () => {
  /** Until somebody waits for a lock. */
  async function somebodyWaits(people = 1): Promise<void> {
    for (;;) {
      const { rows } = await sql<{
        waiting: number;
      }>`SELECT count(DISTINCT l.pid) AS waiting FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.datname = current_database()`.execute(
        owner,
      );
      if (rows[0]!.waiting >= people) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const close = (trx: Queryable, { start }: FreeSlot) =>
    trx
      .insertInto('closure')
      .values({
        practitioner_id: town.prescriber.id,
        span: rangeValue(span(start, start.add({ hours: 1 }))),
      })
      .execute();
  const slotAt = async (index: number) => {
    const slots = await freeSlots(db, {
      practitionerIds: [town.prescriber.id],
      locationId: town.leeds.locationId,
    });
    return slots[index]!;
  };
  /** A transaction that acts, and then waits to be let go. */
  function standing(act: (trx: Trx) => Promise<unknown>) {
    const acted = Promise.withResolvers<undefined>();
    const gate = Promise.withResolvers<undefined>();
    const done = transact(db, system, async (trx) => {
      await act(trx);
      acted.resolve(undefined);
      await gate.promise;
    });
    return { acted: acted.promise, letGo: () => gate.resolve(undefined), done };
  }

  it('a closure waits for a booking that came first, and is refused', async () => {
    const slot = await slotAt(20);
    const booking = standing((trx) => book(trx, slot));
    await booking.acted;
    const closing = refusedWith(() => transact(db, system, (trx) => close(trx, slot)));
    await somebodyWaits();
    booking.letGo();
    await booking.done;
    expect(await closing).toBe('time_not_empty');
  });

  it('a booking waits for a closure that came first, and is refused', async () => {
    const slot = await slotAt(60);
    const closing = standing((trx) => close(trx, slot));
    await closing.acted;
    const booking = refusedWith(() => transact(db, system, (trx) => book(trx, slot)));
    await somebodyWaits();
    closing.letGo();
    await closing.done;
    expect(await booking).toBe('slot_not_offered');
  });

  it('two colleagues who want the same room at once each get one', async () => {
    const slots = async (who: { id: string }) =>
      freeSlots(db, { practitionerIds: [who.id], locationId: town.leeds.locationId });
    const [mine, theirs] = [(await slots(town.prescriber))[140]!, (await slots(town.otherPrescriber))[140]!];
    const both = [town.prescriber.id, town.otherPrescriber.id];
    const needRoom = (needed: boolean) =>
      owner
        .updateTable('practice')
        .set({ needs_room: needed })
        .where('practitioner_id', 'in', both)
        .where('location_id', '=', town.leeds.locationId)
        .execute();
    await needRoom(true);
    const rooms = [await addRoom(owner, town.leeds, 'East'), await addRoom(owner, town.leeds, 'West')];
    const first = standing((trx) => book(trx, mine));
    await first.acted;
    const second = transact(db, system, (trx) => book(trx, { ...theirs, start: mine.start, end: mine.end }));
    await somebodyWaits();
    first.letGo();
    await Promise.all([first.done, second]);
    const taken = await owner
      .selectFrom('block')
      .select('room_id')
      .where('room_id', 'is not', null)
      .execute();
    expect(taken.map(({ room_id }) => room_id).toSorted()).toEqual(rooms.map(({ id }) => id).toSorted());
    await needRoom(false);
  });

  it('the last place of a day is given once, and a closure between two who want it locks nobody in a circle', async () => {
    const slot = await slotAt(100);
    const sameDay = (
      await freeSlots(db, { practitionerIds: [town.prescriber.id], locationId: town.leeds.locationId })
    ).filter(({ start }) =>
      start
        .toZonedDateTimeISO('Europe/London')
        .toPlainDate()
        .equals(slot.start.toZonedDateTimeISO('Europe/London').toPlainDate()),
    );
    const [one, , , , other] = sameDay;
    await terms(owner, town.leeds, { daily_limit: 1 });
    const first = standing((trx) => book(trx, one!));
    await first.acted;
    const closing = transact(db, system, (trx) =>
      close(trx, { ...slot, start: slot.start.add({ hours: 20 * 24 }) }),
    );
    await somebodyWaits(1);
    const second = refusedWith(() => transact(db, system, (trx) => book(trx, other!)));
    await somebodyWaits(2);
    first.letGo();
    await first.done;
    await closing;
    expect(await second).toBe('slot_taken');
    await terms(owner, town.leeds, { daily_limit: null });
  });
});
