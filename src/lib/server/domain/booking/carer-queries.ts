import { sql } from 'kysely';
import type { Queryable, Trx } from '#lib/server/platform/db.ts';
import { isDouble } from './queries.ts';

const now = sql<Temporal.Instant>`app_now()`;

// The patient's side

export function findOwnPatient(db: Queryable, accountId: string) {
  return db
    .selectFrom('patient')
    .innerJoin('account', 'account.id', 'patient.account_id')
    .where('patient.account_id', '=', accountId)
    .select(['patient.id', 'patient.given_name as givenName', 'account.display_name as name'])
    .executeTakeFirst();
}

/** Who looks after a patient's times, and who is asked and has not answered. */
export function findCarersOf(db: Queryable, patientId: string) {
  return db
    .selectFrom('carer')
    .leftJoin('account', 'account.id', 'carer.carer_account_id')
    .where('carer.patient_id', '=', patientId)
    .where('carer.ended_at', 'is', null)
    .where((eb) => eb.or([eb('carer.accepted_at', 'is not', null), eb('carer.expires_at', '>', now)]))
    .orderBy('carer.id')
    .select([
      'carer.id',
      'carer.invited_email as email',
      'carer.gets_letters as getsLetters',
      'carer.expires_at as expiresAt',
      'account.display_name as name',
    ])
    .execute();
}

/** Takes back what nobody accepted in time, so that the same person can be asked again. */
export async function endRunOut(trx: Trx, patientId: string): Promise<void> {
  await trx
    .updateTable('carer')
    .set({ ended_at: now })
    .where('patient_id', '=', patientId)
    .where('ended_at', 'is', null)
    .where('accepted_at', 'is', null)
    .where('expires_at', '<=', now)
    .execute();
}

export function insertInvitation(
  trx: Trx,
  invitation: { patientId: string; email: string; codeHash: string; getsLetters: boolean },
) {
  return trx
    .insertInto('carer')
    .values({
      patient_id: invitation.patientId,
      invited_email: invitation.email,
      code_hash: invitation.codeHash,
      gets_letters: invitation.getsLetters,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
}

/** A permission with the accounts of its two sides, locked. */
export function lockCarer(trx: Trx, carerId: string) {
  return trx
    .selectFrom('carer')
    .innerJoin('patient', 'patient.id', 'carer.patient_id')
    .where('carer.id', '=', carerId)
    .where('carer.ended_at', 'is', null)
    .select([
      'carer.id',
      'carer.patient_id as patientId',
      'carer.carer_account_id as carerAccountId',
      'patient.account_id as patientAccountId',
    ])
    .forUpdate('carer')
    .executeTakeFirst();
}

export async function setLetters(trx: Trx, carerId: string, getsLetters: boolean): Promise<void> {
  await trx.updateTable('carer').set({ gets_letters: getsLetters }).where('id', '=', carerId).execute();
}

export async function endCarerRow(trx: Trx, carerId: string): Promise<void> {
  await trx.updateTable('carer').set({ ended_at: now }).where('id', '=', carerId).execute();
}

// The carer's side

/** An open invitation to this account's own address, locked where it is to be accepted. */
export function findInvitation(db: Queryable, codeHash: string, accountId: string) {
  return db
    .selectFrom('carer')
    .innerJoin('patient', 'patient.id', 'carer.patient_id')
    .innerJoin('account', 'account.email', 'carer.invited_email')
    .where('account.id', '=', accountId)
    .where('carer.code_hash', '=', codeHash)
    .where('carer.accepted_at', 'is', null)
    .where('carer.ended_at', 'is', null)
    .where('carer.expires_at', '>', now)
    .select([
      'carer.id',
      'carer.patient_id as patientId',
      'patient.given_name as givenName',
      'patient.family_name as familyName',
    ])
    .executeTakeFirst();
}

export async function acceptRow(trx: Trx, carerId: string, accountId: string): Promise<void> {
  await trx.updateTable('carer').set({ carer_account_id: accountId }).where('id', '=', carerId).execute();
}

/** The people whose appointments an account looks after. */
export function findCaredFor(db: Queryable, accountId: string) {
  return db
    .selectFrom('carer')
    .innerJoin('patient', 'patient.id', 'carer.patient_id')
    .where('carer.carer_account_id', '=', accountId)
    .where('carer.ended_at', 'is', null)
    .orderBy('carer.id')
    .select([
      'carer.id as carerId',
      'patient.id as patientId',
      'patient.given_name as givenName',
      'patient.family_name as familyName',
      'patient.date_of_birth as dateOfBirth',
    ])
    .execute();
}

/** Somebody whom the account may book for; the permission cannot end before the booking stands. */
export function lockCaredFor(trx: Trx, accountId: string, patientId: string) {
  return trx
    .selectFrom('carer')
    .innerJoin('patient', 'patient.id', 'carer.patient_id')
    .where('carer.carer_account_id', '=', accountId)
    .where('carer.patient_id', '=', patientId)
    .where('carer.ended_at', 'is', null)
    .select(['patient.id', 'patient.date_of_birth as dateOfBirth'])
    .forShare('carer')
    .executeTakeFirst();
}

/** Appointments to come of the people an account looks after: when, where and with whom. Of one, or of all. */
export function findCaredVisits(db: Queryable, accountId: string, appointmentId?: string) {
  return db
    .selectFrom('appointment')
    .innerJoin('carer', 'carer.patient_id', 'appointment.patient_id')
    .innerJoin('patient', 'patient.id', 'appointment.patient_id')
    .innerJoin('practitioner', 'practitioner.id', 'appointment.practitioner_id')
    .innerJoin('location', 'location.id', 'appointment.location_id')
    .innerJoin('clinic', 'clinic.id', 'appointment.clinic_id')
    .innerJoin('practice', (join) =>
      join
        .onRef('practice.practitioner_id', '=', 'appointment.practitioner_id')
        .onRef('practice.location_id', '=', 'appointment.location_id'),
    )
    .where('carer.carer_account_id', '=', accountId)
    .where('carer.ended_at', 'is', null)
    .where('appointment.state', 'in', ['confirmed', 'paused', 'arrived'])
    .$if(appointmentId !== undefined, (query) => query.where('appointment.id', '=', appointmentId!))
    .orderBy(sql`lower(appointment.during)`)
    .select([
      'appointment.id',
      'appointment.kind',
      'appointment.state',
      'appointment.during',
      'appointment.time_zone as timeZone',
      'appointment.practitioner_id as practitionerId',
      'appointment.location_id as locationId',
      'appointment.block_id as blockId',
      'patient.id as patientId',
      'patient.given_name as givenName',
      'clinic.name as clinicName',
      'clinic.phone as clinicPhone',
      isDouble.as('isDouble'),
      sql<string>`concat_ws(' ', practitioner.title, practitioner.display_name)`.as('practitionerName'),
      sql<string>`concat_ws(', ', nullif(location.name, clinic.name), location.street, concat_ws(' ', location.locality, location.postcode))`.as(
        'address',
      ),
      now.as('now'),
    ])
    .execute();
}
