import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { freeSlots } from '#lib/server/domain/availability/reads.ts';
import { confirmBooking } from '#lib/server/domain/booking/confirm-booking.ts';
import { holdSlot } from '#lib/server/domain/booking/hold-slot.ts';
import { suspendPractitioner } from '#lib/server/domain/oversight/suspend.ts';
import type { Actor } from '#lib/server/domain/shared/actor.ts';
import { isRefusal } from '#lib/server/domain/shared/refusal.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import type { Figure } from '../bin/figures.ts';
import { patient, practitioner, staffMember, type Patient, type Practitioner } from '../builders/people.ts';
import { openDaily, place, practise, type Place } from '../builders/places.ts';
import { loadReference } from '../builders/reference.ts';
import { vet } from '../builders/vetting.ts';
import { startCluster } from '../harness/cluster.ts';
import { randomFrom } from '../harness/random.ts';

/*
 * A practitioner is suspended while eight patients book. Whatever comes first, nobody is left with a live appointment:
 * a booking before the suspension is taken along by it, and one after it is refused.
 */

const ROUNDS = 200;
const BOOKERS = 8;
const SEED = 7;

/** Runs the rounds, each with a practitioner of its own. */
export async function run(): Promise<Figure[]> {
  const cluster = await startCluster();
  try {
    const { urls } = await cluster.create();
    const owner = openDb(openPool(urls.owner, { max: 2, onError: () => {} }));
    const db = openDb(openPool(urls.app, { max: BOOKERS + 1, onError: () => {} }));
    await loadReference(owner);
    const reviewers = [await staffMember(owner), await staffMember(owner)] as const;
    const where = await place(owner);
    const patients: Patient[] = [];
    for (let each = 0; each < BOOKERS; each++) patients.push(await patient(owner));

    const random = randomFrom(SEED);
    const ends = { booked: 0, refused: 0, wrong: 0 };
    let live = 0;
    let suspended = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const doctor = await practitioner(owner, 'doctor');
      await practise(owner, doctor, where);
      await openDaily(owner, doctor, where);
      await vet(owner, doctor, reviewers);
      const slots = await freeSlots(db, { practitionerIds: [doctor.id] });

      const bookings = patients.map(async (person, index) => {
        await wait(random() * 20);
        // Far enough apart not to meet.
        const start = slots[index * 8]!.start;
        ends[await book(db, person, doctor, where, start)]++;
      });
      await wait(random() * 40);
      const suspension = suspendPractitioner(db, as(reviewers[0]), {
        practitionerId: doctor.id,
        reason: 'Drill',
      });
      suspended += await suspension.then(
        () => 1,
        () => 0,
      );
      await Promise.all(bookings);
      live += await countLive(owner, doctor);
    }
    await db.destroy();
    await owner.destroy();

    const n = ROUNDS * BOOKERS;
    const told = { unit: 'bookings', bar: null, ok: true, seed: SEED, n };
    return [
      { name: 'live bookings left', value: live, unit: 'bookings', bar: 0, ok: live === 0, seed: SEED, n },
      {
        name: 'suspensions done at the first try',
        value: suspended,
        unit: 'suspensions',
        bar: ROUNDS,
        ok: suspended === ROUNDS,
        seed: SEED,
        n: ROUNDS,
      },
      {
        name: 'answers that are no refusal of ours',
        value: ends.wrong,
        unit: 'errors',
        bar: 0,
        ok: ends.wrong === 0,
        seed: SEED,
        n,
      },
      { ...told, name: 'booked, and then taken along', value: ends.booked },
      { ...told, name: 'refused', value: ends.refused },
    ];
  } finally {
    await cluster.stop();
  }
}

const as = ({ accountId }: { accountId: string }): Actor => ({ kind: 'account', accountId });

/** Holds and confirms as one patient. */
async function book(
  db: Db,
  person: Patient,
  doctor: Practitioner,
  where: Place,
  start: Temporal.Instant,
): Promise<'booked' | 'refused' | 'wrong'> {
  try {
    const { id } = await holdSlot(db, as(person), {
      practitioner: doctor.slug,
      location: where.locationId,
      start,
      visitorToken: randomUUID(),
    });
    await confirmBooking(db, as(person), { appointmentId: id, partyId: null });
    return 'booked';
  } catch (error) {
    if (isRefusal(error)) return 'refused';
    console.error(error);
    return 'wrong';
  }
}

async function countLive(owner: Db, doctor: Practitioner): Promise<number> {
  const { live } = await owner
    .selectFrom('appointment')
    .where('practitioner_id', '=', doctor.id)
    .where('live', '=', true)
    .select((eb) => eb.fn.countAll<number>().as('live'))
    .executeTakeFirstOrThrow();
  return live;
}
