import { sql } from 'kysely';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import type { Place } from '../../builders/places.ts';

/** As many as a practitioner has had in the last years; who is booked in the bench has had as many as the others. */
const VISITS_PER_PRACTITIONER = 2_000;
const VISITS_PER_PATIENT = 10;

/**
 * Fills a database with completed appointments, each with its event. Triggers and foreign keys sleep meanwhile and
 * indexes are built afterwards: it is the way in that is quick, and what lies there in the end is what years would leave.
 */
export async function fillWithPast(
  superuserUrl: string,
  where: Place,
  bookedIds: readonly string[],
  appointments: number,
): Promise<void> {
  const db = openDb(openPool(superuserUrl, { max: 1, onError: () => {} }));
  await sql`SET statement_timeout = 0`.execute(db);
  await sql`SET session_replication_role = replica`.execute(db);
  await sql`SET maintenance_work_mem = '1GB'`.execute(db);
  await makePractitioners(db, where, bookedIds, Math.ceil(appointments / VISITS_PER_PRACTITIONER));
  await makePatients(db, where, Math.ceil(appointments / VISITS_PER_PATIENT));
  await withoutIndexes(db, 'appointment', () => makeAppointments(db, where, appointments));
  await withoutIndexes(db, 'event', () => makeEvents(db));
  await sql`ANALYZE`.execute(db);
  // Otherwise it falls into the first round.
  await sql`CHECKPOINT`.execute(db);
  await db.destroy();
}

/** The practitioners of the bench are the first of them all. */
async function makePractitioners(db: Db, where: Place, bookedIds: readonly string[], count: number) {
  await sql`
    CREATE TEMP TABLE who AS
    SELECT n - 1 AS n, id::uuid FROM unnest(${bookedIds}::text[]) WITH ORDINALITY AS booked (id, n)
    UNION ALL SELECT n, uuidv7() FROM generate_series(${bookedIds.length}::int, ${count - 1}::int) n`.execute(
    db,
  );
  await sql`
    INSERT INTO account (id, email, display_name, email_verified_at)
    SELECT id, 'practitioner' || n || '@example.test', 'Practitioner ' || n, app_now() FROM who WHERE n >= ${bookedIds.length}`.execute(
    db,
  );
  await sql`
    INSERT INTO practitioner (id, account_id, slug, display_name, family_name, profession, languages,
                              out_of_hours_name, out_of_hours_phone, records_custodian)
    SELECT id, id, 'practitioner-' || n, 'Practitioner ' || n, 'Practitioner', 'doctor', '{English}',
           'The duty practitioner', '+44 113 496 0999', 'Northgate Records' FROM who WHERE n >= ${bookedIds.length}`.execute(
    db,
  );
  await sql`
    INSERT INTO practice (practitioner_id, location_id, currency, consultation_fee_minor, consultation_minutes)
    SELECT id, ${where.locationId}, 'GBP', 6000, 30 FROM who WHERE n >= ${bookedIds.length}`.execute(db);
}

async function makePatients(db: Db, where: Place, count: number) {
  await sql`
    CREATE TEMP TABLE whom AS
    SELECT n, uuidv7() AS patient_id, uuidv7() AS episode_id FROM generate_series(0, ${count - 1}::int) n`.execute(
    db,
  );
  await sql`
    INSERT INTO patient (id, given_name, family_name, date_of_birth)
    SELECT patient_id, 'Patient', n::text, '1984-03-27' FROM whom`.execute(db);
  await sql`
    INSERT INTO care_episode (id, patient_id, clinic_id)
    SELECT episode_id, patient_id, ${where.clinicId} FROM whom`.execute(db);
}

/** One an hour, back from now, for each practitioner. */
async function makeAppointments(db: Db, where: Place, count: number) {
  await sql`
    INSERT INTO appointment (kind, state, practitioner_id, location_id, clinic_id, jurisdiction, time_zone, during,
                             patient_id, patient_date_of_birth, episode_id, created_at, started_at, ended_at)
    SELECT 'consultation', 'completed', who.id, ${where.locationId}, ${where.clinicId}, ${where.jurisdiction}, ${where.timeZone},
           tstzrange(past.at, past.at + interval '30 minutes'), patient_id, '1984-03-27', episode_id,
           past.at - interval '10 days', past.at, past.at + interval '25 minutes'
      FROM (SELECT count(*) AS practitioners FROM who) AS counted
     CROSS JOIN (SELECT count(*) AS patients FROM whom) AS also
     CROSS JOIN generate_series(0, ${count - 1}::int) AS k
      JOIN who ON who.n = k % practitioners
      JOIN whom ON whom.n = k % patients
     CROSS JOIN LATERAL (SELECT date_trunc('hour', app_now()) - (1 + k / practitioners) * interval '1 hour' AS at) AS past`.execute(
    db,
  );
}

async function makeEvents(db: Db) {
  await sql`
    INSERT INTO event (type, subject_type, subject_id, clinic_id, occurred_at)
    SELECT 'appointment.confirmed', 'appointment', id, clinic_id, created_at FROM appointment`.execute(db);
}

/** An index takes long when it grows row by row, GiST above all, and little when it is built over all of them. */
async function withoutIndexes(db: Db, table: string, work: () => Promise<void>): Promise<void> {
  const { rows } = await sql<{ name: string; definition: string }>`
    SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
     WHERE indrelid = ${table}::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)`.execute(
    db,
  );
  for (const { name } of rows) await sql`DROP INDEX ${sql.id(name)}`.execute(db);
  await work();
  for (const { definition } of rows) await sql.raw(definition).execute(db);
}
