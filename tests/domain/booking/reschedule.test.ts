import fc from '../../harness/examples.ts';
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { freeSlots } from '#lib/server/domain/availability/reads.ts';
import { changePractitioner } from '#lib/server/domain/booking/change-practitioner.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import { isRefusal } from '#lib/server/domain/shared/refusal.ts';
import { openDb, openPool, type Db, type Trx } from '#lib/server/platform/db.ts';
import { patient, type Patient, type Practitioner } from '../../builders/people.ts';
import { build, type Town } from '../../builders/town.ts';
import { book } from '../../builders/visits.ts';
import { afterFile } from '../../harness/after.ts';
import { createTestDatabase } from '../../harness/database.ts';
import { openRehearsal } from '../../model/one-connection.ts';
import { as } from './world.ts';

/** As many as a run is given time for. */
const SEQUENCES = Number(process.env.RUNS ?? 1_000);
/** Starts so near each other that most of them exclude some of the others. */
const STARTS = [0, 1, 3, 4, 6, 8, 9, 12];

let db: Db;
let town: Town;
let starts: Temporal.Instant[];
let both: readonly Practitioner[];
let people: Patient[];

beforeAll(async () => {
  const { superuserUrl } = await createTestDatabase();
  db = openDb(openPool(superuserUrl, { max: 1, onError: () => {} }));
  afterFile(() => db.destroy());
  town = await build(db);
  both = [town.prescriber, town.otherPrescriber];
  const free = await freeSlots(db, {
    practitionerIds: [town.prescriber.id],
    locationId: town.leeds.locationId,
  });
  const days = Map.groupBy(free, ({ start }) => start.toString().slice(0, 10));
  const day = [...days.values()][4]!;
  starts = STARTS.map((at) => day[at]!.start);
  people = [];
  for (const who of both) {
    for (const at of [starts[0]!, starts[4]!]) {
      const person = await patient(db);
      await book(db, { kind: 'consultation', patient: person, who, where: town.leeds, at });
      people.push(person);
    }
  }
});

interface Standing {
  id: string;
  patientId: string;
  practitionerId: string;
  start: Temporal.Instant;
}

/** Every live appointment that stands on a block of its own, and how many blocks there are in all. */
async function look(trx: Trx): Promise<{ standing: Standing[]; blocks: number }> {
  const { rows } = await sql<Standing>`
    SELECT a.id, a.patient_id AS "patientId", a.practitioner_id AS "practitionerId", lower(a.during) AS start
      FROM appointment a JOIN block b ON b.id = a.block_id AND b.practitioner_id = a.practitioner_id AND b.span @> a.during
     WHERE a.live ORDER BY a.patient_id`.execute(trx);
  const { blocks } = await trx
    .selectFrom('block')
    .select(({ fn }) => fn.countAll<number>().as('blocks'))
    .executeTakeFirstOrThrow();
  return { standing: rows, blocks };
}

const move = fc.record({
  who: fc.nat({ max: 3 }),
  to: fc.nat({ max: 1 }),
  start: fc.nat({ max: STARTS.length - 1 }),
});

it('keeps exactly one live block for everybody, whatever the order of moves and changes', async () => {
  let done = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 6 }), async (moves) => {
      const rehearsal = await openRehearsal(db);
      try {
        for (const { who, to, start } of moves) {
          const person = people[who]!;
          const before = await rehearsal.asOwner(look);
          const now = before.standing.find(({ patientId }) => patientId === person.id)!;
          const wanted = { practitionerId: both[to]!.id, start: starts[start]! };
          const input = { appointmentId: now.id, locationId: town.leeds.locationId, ...wanted };
          const isMove = wanted.practitionerId === now.practitionerId;
          try {
            await (isMove ? moveAppointment : changePractitioner)(rehearsal.app, as(person), input);
            done += 1;
          } catch (error) {
            if (!isRefusal(error, 'slot_taken')) throw error;
            refused += 1;
            expect(await rehearsal.asOwner(look)).toEqual(before);
            continue;
          }
          const after = await rehearsal.asOwner(look);
          expect(after.blocks).toBe(people.length);
          expect(after.standing.map(({ patientId }) => patientId)).toEqual(
            people.map(({ id }) => id).toSorted(),
          );
          expect(after.standing.find(({ patientId }) => patientId === person.id)).toMatchObject(wanted);
        }
      } finally {
        await rehearsal.end();
      }
    }),
    { numRuns: SEQUENCES },
  );
  process.stdout.write(`reschedule: ${SEQUENCES} sequences: ${done} moves done, ${refused} refused\n`);
  expect(done).toBeGreaterThan(SEQUENCES / 2);
  expect(refused).toBeGreaterThan(SEQUENCES / 10);
});
