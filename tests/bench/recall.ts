import { sql } from 'kysely';
import { readRecall, readSafety } from '#lib/server/domain/oversight/safety/reads.ts';
import { decideRecall, proposeRecall } from '#lib/server/domain/oversight/safety/recall-batch.ts';
import type { Actor } from '#lib/server/domain/shared/actor.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { median, type Figure } from '../bin/figures.ts';
import { staffMember, type Practitioner } from '../builders/people.ts';
import type { Place } from '../builders/places.ts';
import { build } from '../builders/town.ts';
import { startCluster } from '../harness/cluster.ts';
import { randomFrom } from '../harness/random.ts';

/*
 * A recall among so many treatment records, each of a patient of its own. Twenty batches are planted, each written in
 * several ways, beside batches that look alike and the same numbers on another product. Each is looked at, proposed,
 * confirmed by a second person, and read with everybody it names: exactly those planted.
 */

const RECORDS = Number(process.argv[3] ?? 100_000);
const PLANTED = 20;
const SEED = 38;
const BAR_MS = 1_000;

/** Runs the bench on `npm run bench -- recall [records]`. */
export async function run(): Promise<Figure[]> {
  const cluster = await startCluster();
  try {
    const { urls, superuserUrl } = await cluster.create();
    const owner = openDb(openPool(urls.owner, { max: 1, onError: () => {} }));
    const db = openDb(openPool(urls.app, { max: 2, onError: () => {} }));
    const town = await build(owner);
    const staff = [await staffMember(owner, 'operator'), await staffMember(owner, 'operator')] as const;
    const [first, second]: Actor[] = staff.map(({ accountId }) => ({ kind: 'account', accountId }));
    const planted = plant();
    await fill(superuserUrl, town.leeds, [town.prescriber, town.otherPrescriber], planted);
    const before = await countPatients(owner, planted);

    const took = { look: [] as number[], confirm: [] as number[], read: [] as number[] };
    let named = 0;
    let wrong = 0;
    for (const [index, batch] of planted.map(({ batch }) => batch).entries()) {
      const look = await timed(took.look, () => readSafety(db, first!, { product: 'botox', batch }));
      const { id } = await proposeRecall(db, first!, {
        productCode: 'botox',
        batch,
        why: 'The maker asks for it.',
        advice: 'Look out for weak muscles, and call the clinic.',
      });
      await timed(took.confirm, () => decideRecall(db, second!, { recallId: id, decision: 'confirmed' }));
      const { clinics } = await timed(took.read, () => readRecall(db, second!, id));
      const found = new Set(clinics.flatMap(({ people }) => people).map(({ patientId }) => patientId));
      const wanted = before[index]!;
      named += found.size;
      wrong += [...found].filter((one) => !wanted.has(one)).length;
      wrong += [...wanted].filter((one) => !found.has(one)).length;
      if (look.counted?.patients !== wanted.size) wrong += 1;
    }
    await db.destroy();
    await owner.destroy();

    const figure = (name: string, value: number, unit: string, bar: number | null, ok: boolean): Figure => ({
      name,
      value,
      unit,
      bar,
      ok,
      seed: SEED,
      n: RECORDS,
    });
    const times = (name: string, values: readonly number[]): Figure[] => {
      const worst = Math.round(Math.max(...values));
      return [
        { ...figure(`${name}, the middle`, Math.round(median(values)), 'ms', null, true), n: PLANTED },
        { ...figure(`${name}, the slowest`, worst, 'ms', BAR_MS, worst <= BAR_MS), n: PLANTED },
      ];
    };
    const all = before.reduce((sum, patients) => sum + patients.size, 0);
    return [
      figure('patients named', named, 'people', all, named === all),
      figure('named wrongly, or missed', wrong, 'people', 0, wrong === 0),
      ...times('how many it would name', took.look),
      ...times('confirmed, everybody named', took.confirm),
      ...times('read with every name', took.read),
    ];
  } finally {
    await cluster.stop();
  }
}

type Planted = { readonly batch: string; readonly rows: readonly number[] };

/** Which records are of which planted batch: from one to some dozens, anywhere. */
function plant(): Planted[] {
  const random = randomFrom(SEED);
  const taken = new Set<number>();
  return Array.from({ length: PLANTED }, (_, index) => {
    const rows: number[] = [];
    for (const size = 1 + Math.floor(random() * 60); rows.length < size;) {
      const row = Math.floor(random() * RECORDS);
      if (!taken.has(row)) rows.push(row);
      taken.add(row);
    }
    return { batch: `R${1_000 + index}-A${index}`, rows };
  });
}

/**
 * Patients, visits and signed records, past triggers and foreign keys: what lies there in the end is what years would
 * leave. Every tenth record is of another product, with the number of a planted batch.
 */
async function fill(
  superuserUrl: string,
  where: Place,
  practitioners: readonly Practitioner[],
  planted: readonly Planted[],
): Promise<void> {
  const db = openDb(openPool(superuserUrl, { max: 1, onError: () => {} }));
  await sql`SET statement_timeout = 0`.execute(db);
  await sql`SET session_replication_role = replica`.execute(db);
  await sql`
    CREATE TEMP TABLE given AS
    SELECT n, uuidv7() AS patient_id, uuidv7() AS appointment_id, uuidv7() AS episode_id, uuidv7() AS proof,
           (${practitioners.map(({ id }) => id)}::uuid[])[1 + n % ${practitioners.length}::int] AS practitioner_id,
           date_trunc('hour', app_now()) - (10 + n % 700) * interval '1 day' AS at,
           CASE WHEN n % 10 = 9 THEN 'azzalure' ELSE 'botox' END AS product,
           CASE WHEN n % 10 = 9 THEN 'R' || 1000 + n % ${PLANTED}::int || '-A' || n % ${PLANTED}::int
                WHEN n % 10 = 8 THEN 'R' || 1000 + n % ${PLANTED}::int || '-B' || n % ${PLANTED}::int
                ELSE 'L' || n % 2500 || 'C' END AS batch
      FROM generate_series(0, ${RECORDS - 1}::int) n`.execute(db);
  for (const { batch, rows } of planted)
    await sql`
      UPDATE given SET product = 'botox',
             batch = CASE n % 4 WHEN 0 THEN ${batch} WHEN 1 THEN lower(${batch}) WHEN 2 THEN replace(${batch}, '-', ' ') ELSE ' ' || replace(${batch}, '-', '') || ' ' END
       WHERE n = ANY (${rows}::int[])`.execute(db);
  await sql`
    INSERT INTO patient (id, given_name, family_name, date_of_birth)
    SELECT patient_id, 'Patient', n::text, '1984-03-27' FROM given`.execute(db);
  await sql`
    INSERT INTO care_episode (id, patient_id, clinic_id) SELECT episode_id, patient_id, ${where.clinicId} FROM given`.execute(
    db,
  );
  await sql`
    INSERT INTO appointment (id, kind, state, practitioner_id, location_id, clinic_id, jurisdiction, time_zone, during, patient_id, patient_date_of_birth,
                             episode_id, created_at, started_at, ended_at, consultation_id, consultation_signed_at, prescription_id, prescriber_id,
                             product_code, prescription_expires_at, retreatment_days, consent_id, independent)
    SELECT appointment_id, 'treatment', 'completed', practitioner_id, ${where.locationId}, ${where.clinicId}, ${where.jurisdiction}, ${where.timeZone},
           tstzrange(at, at + interval '30 minutes'), patient_id, '1984-03-27', episode_id, at - interval '10 days', at, at + interval '25 minutes',
           proof, at - interval '5 days', proof, practitioner_id, product, at + interval '80 days', 90, proof, true
      FROM given`.execute(db);
  await sql`
    INSERT INTO treatment_record (appointment_id, patient_id, injector_id, state, product_name, product_code, batch, batch_expires_on, signed_at, signed_by, created_at)
    SELECT appointment_id, patient_id, practitioner_id, 'signed', product, product, batch, (at + interval '200 days')::date, at, practitioner_id, at
      FROM given`.execute(db);
  await sql`ANALYZE`.execute(db);
  await db.destroy();
}

/** Of each planted batch the patients, found the slow way: by the number of the row that they were planted in. */
async function countPatients(owner: Db, planted: readonly Planted[]): Promise<Set<string>[]> {
  const sets: Set<string>[] = [];
  for (const { rows } of planted) {
    const found = await sql<{ id: string }>`
      SELECT id FROM patient WHERE given_name = 'Patient' AND family_name = ANY (${rows.map(String)}::text[])`.execute(
      owner,
    );
    sets.push(new Set(found.rows.map(({ id }) => id)));
  }
  return sets;
}

async function timed<T>(into: number[], work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const answer = await work();
  into.push(performance.now() - startedAt);
  return answer;
}
