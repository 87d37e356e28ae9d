import { sql } from 'kysely';
import { startSession } from '#lib/server/domain/accounts/sessions.ts';
import { freeSlots } from '#lib/server/domain/availability/reads.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { practitioner, staffMember, type Patient, type Practitioner } from '../../builders/people.ts';
import { place, practise, type Place } from '../../builders/places.ts';
import { loadReference } from '../../builders/reference.ts';
import { vet } from '../../builders/vetting.ts';
import type { Cluster, TestDatabase } from '../../harness/cluster.ts';

const PRACTITIONERS = 16;
const BIRTHDAY = '1984-03-27';

/** What one patient is going to book. Everybody books once, so nobody is in anybody's way. */
export interface Wish {
  who: Practitioner;
  where: Place;
  start: Temporal.Instant;
  patient: Patient;
  session: string;
}

export interface Stage {
  database: TestDatabase;
  owner: Db;
  where: Place;
  practitionerIds: string[];
  /** Answers as many wishes as asked for, never the same twice. */
  take(count: number): Wish[];
}

/** A clinic whose checked doctors work day and night, and patients who are signed in, for this many bookings. */
export async function openStage(cluster: Cluster, bookings: number, random: () => number): Promise<Stage> {
  const database = await cluster.create();
  const owner = openDb(openPool(database.urls.owner, { max: 4, onError: () => {} }));
  await loadReference(owner);
  const where = await place(owner);
  const reviewers = [await staffMember(owner), await staffMember(owner)] as const;
  const doctors: Practitioner[] = [];
  while (doctors.length < PRACTITIONERS) {
    const doctor = await practitioner(owner, 'doctor');
    await practise(owner, doctor, where);
    await openDayAndNight(owner, doctor, where);
    await vet(owner, doctor, reviewers);
    doctors.push(doctor);
  }
  const times = shuffled(await apartFromEachOther(owner, doctors, where), random);
  const patients = await signedInPatients(owner, bookings);
  const wishes = patients.map((patient, index) => ({ ...times[index]!, ...patient }));
  return {
    database,
    owner,
    where,
    practitionerIds: doctors.map(({ id }) => id),
    take: (count) => wishes.splice(0, count),
  };
}

async function openDayAndNight(owner: Db, who: Practitioner, where: Place): Promise<void> {
  const hours = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
    practitioner_id: who.id,
    location_id: where.locationId,
    weekday,
    start_minute: 0,
    end_minute: 1440,
  }));
  await owner.insertInto('opening_hours').values(hours).execute();
}

/** Of the times on offer every fourth, an hour after the one before. */
async function apartFromEachOther(owner: Db, doctors: Practitioner[], where: Place) {
  const times = [];
  for (const who of doctors) {
    const offered = await freeSlots(owner, { practitionerIds: [who.id] });
    // Not the first two days: they come too near while the bench is being set up.
    for (let index = 200; index < offered.length; index += 4) {
      times.push({ who, where, start: offered[index]!.start });
    }
  }
  return times;
}

async function signedInPatients(owner: Db, count: number): Promise<{ patient: Patient; session: string }[]> {
  const { rows } = await sql<{ id: string; accountId: string }>`
    WITH people AS (
      INSERT INTO account (email, display_name, email_verified_at)
      SELECT 'patient' || n || '@example.test', 'Patient ' || n, app_now() FROM generate_series(1, ${count}::int) n RETURNING id)
    INSERT INTO patient (account_id, given_name, family_name, date_of_birth)
    SELECT id, 'Ada', 'Osei', ${BIRTHDAY} FROM people RETURNING id, account_id AS "accountId"`.execute(owner);
  const patients = [];
  for (const { id, accountId } of rows) {
    patients.push({
      patient: { id, accountId, dateOfBirth: BIRTHDAY },
      session: await startSession(owner, accountId),
    });
  }
  return patients;
}

function shuffled<T>(values: T[], random: () => number): T[] {
  for (let last = values.length - 1; last > 0; last--) {
    const chosen = Math.floor(random() * (last + 1));
    [values[last], values[chosen]] = [values[chosen]!, values[last]!];
  }
  return values;
}
