import { sql } from 'kysely';
import type { Queryable, Trx } from '#lib/server/platform/db.ts';
import type { Entry } from './entry.ts';

/** An account's own practice at a location, and what an imported consultation there must hold to. */
export function findImportPractice(db: Queryable, accountId: string | null, locationId: string) {
  return practicesOf(db, accountId).where('location.id', '=', locationId).executeTakeFirst();
}
export type ImportPractice = NonNullable<Awaited<ReturnType<typeof findImportPractice>>>;

export function findImportPractices(db: Queryable, accountId: string | null) {
  return practicesOf(db, accountId).orderBy('location.name').orderBy('location.id').execute();
}

function practicesOf(db: Queryable, accountId: string | null) {
  return db
    .selectFrom('practice')
    .innerJoin('practitioner', 'practitioner.id', 'practice.practitioner_id')
    .innerJoin('account', 'account.id', 'practitioner.account_id')
    .innerJoin('location', 'location.id', 'practice.location_id')
    .innerJoin('jurisdiction', 'jurisdiction.code', 'location.jurisdiction')
    .innerJoin('clinic', 'clinic.id', 'location.clinic_id')
    .where('account.id', '=', accountId)
    .select([
      'practitioner.id as practitionerId',
      'account.email as accountEmail',
      'location.id as locationId',
      'location.name as locationName',
      'clinic.name as clinicName',
      'location.clinic_id as clinicId',
      'location.jurisdiction',
      'jurisdiction.country_code as countryCode',
      'location.time_zone as timeZone',
      'practice.consultation_minutes as consultationMinutes',
      'practice.buffer_before_minutes as bufferBeforeMinutes',
      'practice.buffer_after_minutes as bufferAfterMinutes',
      sql<Temporal.Instant>`app_now()`.as('now'),
      sql<number>`policy_number(location.jurisdiction, 'min_age', (app_now() AT TIME ZONE location.time_zone)::date)`.as(
        'leastAge',
      ),
    ]);
}

export async function findImported(db: Queryable, practice: ImportPractice): Promise<Set<string>> {
  const rows = await db
    .selectFrom('imported_appointment')
    .where('practitioner_id', '=', practice.practitionerId)
    .where('location_id', '=', practice.locationId)
    .select('reference')
    .execute();
  return new Set(rows.map(({ reference }) => reference));
}

/**
 * This person among the practitioner's own patients. Not among everybody's: who could bring somebody else's patient
 * over by name and date of birth would come to read that record.
 */
export function findOwnPatient(trx: Trx, practitionerId: string, entry: Entry, dateOfBirth: string) {
  return trx
    .selectFrom('patient')
    .where('date_of_birth', '=', dateOfBirth)
    .where(
      sql<boolean>`lower(given_name) = lower(${entry.givenName}) AND lower(family_name) = lower(${entry.familyName})`,
    )
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('appointment')
          .whereRef('appointment.patient_id', '=', 'patient.id')
          .where('appointment.practitioner_id', '=', practitionerId)
          .where('appointment.state', 'not in', ['held', 'expired'])
          .select('appointment.id'),
      ),
    )
    .select('id')
    .orderBy('id')
    .executeTakeFirst();
}

/** Somebody without an account, as the desk would enter them. */
export function insertImportedPatient(trx: Trx, entry: Entry, dateOfBirth: string) {
  return trx
    .insertInto('patient')
    .values({
      given_name: entry.givenName,
      family_name: entry.familyName,
      date_of_birth: dateOfBirth,
      email: entry.email,
      phone: entry.phone,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
}

/** Under this reference it was in the other calendar: brought over again, it is known. */
export async function insertImported(
  trx: Trx,
  { practitionerId, locationId }: ImportPractice,
  { reference, appointmentId }: { reference: string; appointmentId: string },
): Promise<void> {
  await trx
    .insertInto('imported_appointment')
    .values({
      practitioner_id: practitionerId,
      location_id: locationId,
      reference,
      appointment_id: appointmentId,
    })
    .execute();
}
