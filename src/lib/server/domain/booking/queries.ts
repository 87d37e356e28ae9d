import { sql, type RawBuilder } from 'kysely';
import { rangeValue, type Queryable, type Trx } from '#lib/server/platform/db.ts';
import type { ClaimedSlot } from '../availability/claim.ts';

const now = sql<Temporal.Instant>`app_now()`;

// Visitors

export async function findParty(db: Queryable, tokenHash: string): Promise<string | null> {
  const row = await db
    .selectFrom('booking_party')
    .select('id')
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** New or known, the row is locked afterwards. */
export async function insertParty(db: Queryable, tokenHash: string): Promise<string> {
  const { id } = await db
    .insertInto('booking_party')
    .values({ token_hash: tokenHash })
    .onConflict((conflict) => conflict.column('token_hash').doUpdateSet({ token_hash: tokenHash }))
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

// Answers

/** A request that carries a key of its own: sent again, it is answered again and not done again (C5). */
export interface Once {
  ownerKey: string;
  key: string;
  fingerprint: Buffer;
}

export function findAnswer(db: Queryable, { ownerKey, key }: Once) {
  return db
    .selectFrom('idempotency_key')
    .select(['fingerprint', 'body'])
    .where('owner_key', '=', ownerKey)
    .where('key', '=', key)
    .executeTakeFirst();
}

/** A statement that keeps the answer. */
export function answerRow({ ownerKey, key, fingerprint }: Once, answer: object): RawBuilder<unknown> {
  return sql`INSERT INTO idempotency_key (owner_key, key, fingerprint, body)
             VALUES (${ownerKey}, ${key}, ${fingerprint}, ${JSON.stringify(answer)})`;
}

// Holds

/** Whom a hold is asked of, and who asks: the clinic's date today, the age that policy wants, the patient on record. */
export function findBookable(db: Queryable, slug: string, locationId: string, accountId: string | null) {
  return db
    .selectFrom('practitioner')
    .innerJoin('practice', 'practice.practitioner_id', 'practitioner.id')
    .innerJoin('location', 'location.id', 'practice.location_id')
    .leftJoin('patient', (join) => join.on('patient.account_id', '=', accountId))
    .where('practitioner.slug', '=', slug)
    .where('location.id', '=', locationId)
    .select([
      'practitioner.id as practitionerId',
      'patient.id as patientId',
      'patient.date_of_birth as patientDateOfBirth',
      sql<string>`(app_now() AT TIME ZONE location.time_zone)::date`.as('today'),
      sql<number>`policy_number(location.jurisdiction, 'min_age', (app_now() AT TIME ZONE location.time_zone)::date)`.as(
        'leastAge',
      ),
    ])
    .executeTakeFirst();
}

export async function countHoldsOfAddress(db: Queryable, addressHash: Buffer): Promise<number> {
  const { holds } = await db
    .selectFrom('booking_draft')
    .innerJoin('appointment', 'appointment.id', 'booking_draft.appointment_id')
    .where('booking_draft.address_hash', '=', addressHash)
    .where('appointment.hold_expires_at', '>', now)
    .select((eb) => eb.fn.countAll<number>().as('holds'))
    .executeTakeFirstOrThrow();
  return holds;
}

/**
 * A new hold with its draft, which begins with what the same visitor has typed for an earlier one: nobody types it twice.
 * Answers how many other holds the visitor or patient has.
 */
export async function insertHold(
  trx: Trx,
  claimed: ClaimedSlot,
  hold: {
    practitionerId: string;
    locationId: string;
    partyId: string;
    /** The patient on record whom it is for. */
    patientId: string | null;
    dateOfBirth: string;
    addressHash: Buffer | null;
  },
): Promise<{ id: string; expiresAt: Temporal.Instant; others: number }> {
  const { partyId, patientId, dateOfBirth } = hold;
  const { rows } = await sql<{ id: string; expiresAt: Temporal.Instant; others: number }>`
    WITH hold AS (
      INSERT INTO appointment (kind, state, practitioner_id, location_id, clinic_id, jurisdiction, time_zone, during,
                               block_id, block_span, party_id, patient_id, patient_date_of_birth)
      VALUES ('consultation', 'held', ${hold.practitionerId}, ${hold.locationId}, ${claimed.clinicId}, ${claimed.jurisdiction},
              ${claimed.timeZone}, ${rangeValue(claimed.during)}, ${claimed.blockId}, ${rangeValue(claimed.blockSpan)},
              ${partyId}, ${patientId}, ${patientId === null ? null : dateOfBirth}::date)
      RETURNING id, hold_expires_at
    ), draft AS (
      INSERT INTO booking_draft (appointment_id, date_of_birth, address_hash, given_name, family_name, phone, concerns, note, needs)
      SELECT hold.id, ${dateOfBirth}::date, ${hold.addressHash}::bytea,
             coalesce(d.given_name, ''), coalesce(d.family_name, ''), coalesce(d.phone, ''),
             coalesce(d.concerns, '{}'), coalesce(d.note, ''), coalesce(d.needs, '{}')
        FROM hold
        LEFT JOIN LATERAL (
          SELECT e.* FROM booking_draft e JOIN appointment a ON a.id = e.appointment_id
           WHERE a.party_id = ${partyId} AND e.date_of_birth = ${dateOfBirth}::date
           ORDER BY a.created_at DESC LIMIT 1) AS d ON true
    )
    SELECT id, hold_expires_at AS "expiresAt",
           (SELECT count(*) FROM appointment
             WHERE (party_id = ${partyId} OR patient_id = ${patientId}) AND hold_expires_at > app_now()) AS others
      FROM hold`.execute(trx);
  return rows[0]!;
}

/** Ends the holds of a visitor who chooses another time with the same practitioner. */
export async function letGoHolds(trx: Trx, hold: { partyId: string; practitionerId: string }): Promise<void> {
  await trx
    .updateTable('appointment')
    .set({ state: 'cancelled', cancelled_by: 'patient' })
    .where('party_id', '=', hold.partyId)
    .where('practitioner_id', '=', hold.practitionerId)
    .where('state', '=', 'held')
    .execute();
}

export interface Draft {
  givenName: string;
  familyName: string;
  phone: string;
  concerns: string[];
  note: string;
  needs: string[];
}

const DRAFT_COLUMNS = [
  'date_of_birth as dateOfBirth',
  'given_name as givenName',
  'family_name as familyName',
  'phone',
  'concerns',
  'note',
  'needs',
] as const;

export function findDraft(db: Queryable, appointmentId: string) {
  return db
    .selectFrom('booking_draft')
    .where('appointment_id', '=', appointmentId)
    .select(DRAFT_COLUMNS)
    .executeTakeFirst();
}

export async function updateDraft(
  db: Queryable,
  appointmentId: string,
  typed: Partial<Draft>,
): Promise<void> {
  if (Object.values(typed).every((value) => value === undefined)) return;
  await db
    .updateTable('booking_draft')
    .set({
      given_name: typed.givenName,
      family_name: typed.familyName,
      phone: typed.phone,
      concerns: typed.concerns,
      note: typed.note,
      needs: typed.needs,
    })
    .where('appointment_id', '=', appointmentId)
    .execute();
}

/** The patient on record that an account is. */
export interface KnownPatient {
  id: string;
  dateOfBirth: string;
  phone: string | null;
}

/** The draft of a hold that becomes an appointment, which keeps what it needs of it, and the patient that the account is. */
export async function takeDraft(trx: Trx, appointmentId: string, accountId: string) {
  const { rows } = await sql<{ draft: Draft & { dateOfBirth: string }; patient: KnownPatient | null }>`
    WITH draft AS (DELETE FROM booking_draft WHERE appointment_id = ${appointmentId} RETURNING *)
    SELECT json_build_object('dateOfBirth', draft.date_of_birth, 'givenName', draft.given_name, 'familyName', draft.family_name,
                             'phone', draft.phone, 'concerns', draft.concerns, 'note', draft.note, 'needs', draft.needs) AS draft,
           CASE WHEN patient.id IS NOT NULL THEN
             json_build_object('id', patient.id, 'dateOfBirth', patient.date_of_birth, 'phone', patient.phone) END AS patient
      FROM draft LEFT JOIN patient ON patient.account_id = ${accountId}`.execute(trx);
  return rows[0];
}

export async function deleteDraft(db: Queryable, appointmentId: string): Promise<void> {
  await db.deleteFrom('booking_draft').where('appointment_id', '=', appointmentId).execute();
}

export function extendHoldRow(trx: Trx, appointmentId: string) {
  return trx
    .updateTable('appointment')
    .set((eb) => ({ hold_extensions: eb('hold_extensions', '+', 1) }))
    .where('id', '=', appointmentId)
    .returning(['hold_expires_at', 'hold_extensions'])
    .executeTakeFirstOrThrow();
}

// What pages show

const OFFER_COLUMNS = [
  'practitioner.id as practitionerId',
  'practitioner.slug',
  sql<string>`concat_ws(' ', practitioner.title, practitioner.display_name)`.as('practitionerName'),
  'profession.name as professionName',
  'clinic.name as clinicName',
  'clinic.phone as clinicPhone',
  'location.id as locationId',
  'location.name as locationName',
  'location.street',
  'location.locality',
  'location.postcode',
  'location.time_zone as timeZone',
  'location.access_features as accessFeatures',
  'location.jurisdiction',
  'jurisdiction.locale',
  'practice.consultation_minutes as durationMinutes',
  'practice.consultation_fee_minor as feeMinorUnits',
  'practice.currency',
  'practice.consultation_fee_covers as feeCovers',
  'practice.cancel_notice_hours as cancelHours',
  'practice.move_notice_hours as moveHours',
] as const;

function practices(db: Queryable) {
  return db
    .selectFrom('practice')
    .innerJoin('practitioner', 'practitioner.id', 'practice.practitioner_id')
    .innerJoin('profession', 'profession.code', 'practitioner.profession')
    .innerJoin('location', 'location.id', 'practice.location_id')
    .innerJoin('jurisdiction', 'jurisdiction.code', 'location.jurisdiction')
    .innerJoin('clinic', 'clinic.id', 'location.clinic_id');
}

/** A listed practitioner's consultation at one location. */
export function findOffer(db: Queryable, slug: string, locationId: string) {
  return practices(db)
    .innerJoin('listing', (join) =>
      join
        .onRef('listing.practitioner_id', '=', 'practitioner.id')
        .onRef('listing.jurisdiction', '=', 'location.jurisdiction'),
    )
    .where('practitioner.slug', '=', slug)
    .where('location.id', '=', locationId)
    .where('listing.may_consult', '=', true)
    .select(OFFER_COLUMNS)
    .executeTakeFirst();
}

export function findBooking(db: Queryable, appointmentId: string) {
  return practices(db)
    .innerJoin('appointment', (join) =>
      join
        .onRef('appointment.practitioner_id', '=', 'practice.practitioner_id')
        .onRef('appointment.location_id', '=', 'practice.location_id'),
    )
    .leftJoin('patient', 'patient.id', 'appointment.patient_id')
    .where('appointment.id', '=', appointmentId)
    .select(OFFER_COLUMNS)
    .select([
      'appointment.state',
      'appointment.during',
      'appointment.party_id as partyId',
      'appointment.patient_id as patientId',
      'patient.account_id as patientAccountId',
      'appointment.hold_expires_at as holdExpiresAt',
      'appointment.hold_extensions as holdExtensions',
      'appointment.cancelled_by as cancelledBy',
      'appointment.concerns',
      'appointment.patient_note as note',
      'appointment.needs',
      now.as('now'),
    ])
    .executeTakeFirst();
}

// Appointments

/** Whether it has twice the time that the practice gives its kind. */
export const isDouble = sql<boolean>`upper(appointment.during) - lower(appointment.during) >= interval '2 minutes' * CASE appointment.kind
  WHEN 'consultation' THEN practice.consultation_minutes WHEN 'treatment' THEN practice.treatment_minutes ELSE practice.follow_up_minutes END`;

/** An appointment with the accounts of its two sides, locked until the transaction ends. */
export function lockAppointment(trx: Trx, appointmentId: string, accountId: string | null) {
  return trx
    .selectFrom('appointment')
    .innerJoin('practitioner', 'practitioner.id', 'appointment.practitioner_id')
    .innerJoin('practice', (join) =>
      join
        .onRef('practice.practitioner_id', '=', 'appointment.practitioner_id')
        .onRef('practice.location_id', '=', 'appointment.location_id'),
    )
    .leftJoin('patient', 'patient.id', 'appointment.patient_id')
    .where('appointment.id', '=', appointmentId)
    .select((eb) => [
      isDouble.as('isDouble'),
      'appointment.id',
      'appointment.kind',
      'appointment.state',
      'appointment.party_id as partyId',
      'appointment.patient_id as patientId',
      'appointment.practitioner_id as practitionerId',
      'practitioner.slug',
      'appointment.location_id as locationId',
      'appointment.clinic_id as clinicId',
      'appointment.jurisdiction',
      'appointment.time_zone as timeZone',
      'appointment.during',
      'appointment.block_id as blockId',
      'appointment.hold_expires_at as holdExpiresAt',
      'appointment.hold_extensions as holdExtensions',
      'patient.account_id as patientAccountId',
      'practitioner.account_id as practitionerAccountId',
      eb
        .exists(
          eb
            .selectFrom('clinic_member')
            .select('account_id')
            .where('clinic_member.account_id', '=', accountId)
            .whereRef('clinic_member.clinic_id', '=', 'appointment.clinic_id')
            .where(sql<boolean>`clinic_member.valid @> app_now()`),
        )
        .as('worksAtDesk'),
      eb
        .exists(
          eb
            .selectFrom('carer')
            .select('carer.id')
            .where('carer.carer_account_id', '=', accountId)
            .whereRef('carer.patient_id', '=', 'appointment.patient_id')
            .where('carer.ended_at', 'is', null),
        )
        .as('isCaredFor'),
    ])
    .forUpdate('appointment')
    .executeTakeFirst();
}
export type LockedAppointment = NonNullable<Awaited<ReturnType<typeof lockAppointment>>>;

export async function setState(
  trx: Trx,
  appointmentId: string,
  change: {
    state: 'arrived' | 'cancelled' | 'no_show' | 'left_unseen';
    cancelled_by?: 'patient' | 'practice' | 'system';
    cancelled_late?: boolean;
    no_show_by?: 'patient' | 'practitioner';
    reason?: string;
    reason_code?: string;
  },
): Promise<void> {
  await trx.updateTable('appointment').set(change).where('id', '=', appointmentId).execute();
}

export async function moveRow(trx: Trx, appointmentId: string, claimed: ClaimedSlot): Promise<void> {
  await trx
    .updateTable('appointment')
    .set({
      block_id: claimed.blockId,
      block_span: rangeValue(claimed.blockSpan),
      during: rangeValue(claimed.during),
    })
    .where('id', '=', appointmentId)
    .execute();
}

export async function setRoom(trx: Trx, blockId: string, roomId: string): Promise<void> {
  await trx.updateTable('block').set({ room_id: roomId }).where('id', '=', blockId).execute();
}

/** The confirmed appointment that takes the place of another: the same patient and wishes, another practitioner. */
export async function insertSuccessor(
  trx: Trx,
  replacedId: string,
  claimed: ClaimedSlot,
  by: { practitionerId: string; locationId: string },
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    INSERT INTO appointment (kind, state, practitioner_id, location_id, clinic_id, jurisdiction, time_zone, during, block_id, block_span,
                             patient_id, patient_date_of_birth, episode_id, concerns, patient_note, needs, booked_by, channel, follows_id)
    SELECT a.kind, 'confirmed', ${by.practitionerId}, ${by.locationId}, ${claimed.clinicId}, ${claimed.jurisdiction}, ${claimed.timeZone},
           ${rangeValue(claimed.during)}, ${claimed.blockId}, ${rangeValue(claimed.blockSpan)},
           a.patient_id, a.patient_date_of_birth, a.episode_id, a.concerns, a.patient_note, a.needs, a.booked_by, a.channel, a.id
      FROM appointment a WHERE a.id = ${replacedId}
    RETURNING id`.execute(trx);
  return rows[0]!.id;
}

/** A confirmed consultation that was no hold before. */
export async function insertConsultation(
  trx: Trx,
  claimed: ClaimedSlot,
  booked: {
    practitionerId: string;
    locationId: string;
    patientId: string;
    episodeId: string;
    channel: string;
    bookedBy: string | null;
    needs?: readonly string[];
  },
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    INSERT INTO appointment (kind, state, practitioner_id, location_id, clinic_id, jurisdiction, time_zone, during, block_id, block_span,
                             patient_id, patient_date_of_birth, episode_id, needs, booked_by, channel)
    SELECT 'consultation', 'confirmed', ${booked.practitionerId}, ${booked.locationId}, ${claimed.clinicId}, ${claimed.jurisdiction},
           ${claimed.timeZone}, ${rangeValue(claimed.during)}, ${claimed.blockId}, ${rangeValue(claimed.blockSpan)},
           p.id, p.date_of_birth, ${booked.episodeId}, ${booked.needs ?? []}, ${booked.bookedBy}, ${booked.channel}
      FROM patient p WHERE p.id = ${booked.patientId}
    RETURNING id`.execute(trx);
  return rows[0]!.id;
}

// Confirming

/** Locked, so that one account becomes one patient however many times it confirms at once. */
export function lockAccount(trx: Trx, accountId: string) {
  return trx
    .selectFrom('account')
    .where('id', '=', accountId)
    .select(['email', 'email_verified_at as emailVerifiedAt'])
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

export function findPatient(db: Queryable, accountId: string) {
  return db
    .selectFrom('patient')
    .where('account_id', '=', accountId)
    .select([
      'id',
      'date_of_birth as dateOfBirth',
      'given_name as givenName',
      'family_name as familyName',
      'phone',
    ])
    .executeTakeFirst();
}

export function insertPatient(
  trx: Trx,
  patient: {
    accountId: string;
    givenName: string;
    familyName: string;
    dateOfBirth: string;
    email: string;
    phone: string;
  },
) {
  return trx
    .insertInto('patient')
    .values({
      account_id: patient.accountId,
      given_name: patient.givenName,
      family_name: patient.familyName,
      date_of_birth: patient.dateOfBirth,
      email: patient.email,
      phone: patient.phone || null,
    })
    .returning(['id', 'date_of_birth as dateOfBirth'])
    .executeTakeFirstOrThrow();
}

export async function updatePhone(trx: Trx, patientId: string, phone: string): Promise<void> {
  await trx.updateTable('patient').set({ phone }).where('id', '=', patientId).execute();
}

/** The patient's open course of care at this clinic, or a new one. */
export async function openEpisode(trx: Trx, patientId: string, clinicId: string): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    WITH open AS (
      SELECT id FROM care_episode
       WHERE patient_id = ${patientId} AND clinic_id = ${clinicId} AND state = 'open' ORDER BY id DESC LIMIT 1
    ), made AS (
      INSERT INTO care_episode (patient_id, clinic_id)
      SELECT ${patientId}, ${clinicId} WHERE NOT EXISTS (SELECT FROM open) RETURNING id)
    SELECT id FROM open UNION ALL SELECT id FROM made`.execute(trx);
  return rows[0]!.id;
}

/** Makes an appointment of a hold, and a patient of the visitor who kept it. */
export async function confirmRow(
  trx: Trx,
  appointmentId: string,
  booked: {
    patient: { id: string; dateOfBirth: string };
    episodeId: string;
    concerns: string[];
    note: string;
    needs: string[];
    bookedBy: string | null;
    /** The visitor who becomes that patient. */
    partyId: string | null;
  },
): Promise<void> {
  await trx
    .with('became', (db) =>
      db
        .updateTable('booking_party')
        .set({ patient_id: booked.patient.id })
        .where('id', '=', booked.partyId)
        .where('patient_id', 'is', null),
    )
    .updateTable('appointment')
    .set({
      state: 'confirmed',
      patient_id: booked.patient.id,
      patient_date_of_birth: booked.patient.dateOfBirth,
      episode_id: booked.episodeId,
      concerns: booked.concerns,
      patient_note: booked.note,
      needs: booked.needs,
      booked_by: booked.bookedBy,
    })
    .where('id', '=', appointmentId)
    .execute();
}

// Tidying

/** Answers whose times they kept. */
export async function expireStaleHolds(db: Queryable): Promise<string[]> {
  const { rows } = await sql<{ practitionerId: string }>`
    UPDATE appointment SET state = 'expired'
     WHERE id IN (SELECT id FROM appointment WHERE state = 'held' AND hold_expires_at <= app_now()
                   ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED)
    RETURNING practitioner_id AS "practitionerId"`.execute(db);
  return [...new Set(rows.map(({ practitionerId }) => practitionerId))];
}

/** What was typed for a hold that came to nothing stays an hour for a second try, and then goes. */
export async function deleteOldDrafts(db: Queryable): Promise<void> {
  await sql`
    DELETE FROM booking_draft d USING appointment a
     WHERE a.id = d.appointment_id AND a.state <> 'held' AND a.created_at < app_now() - interval '90 minutes'`.execute(
    db,
  );
}

export async function deleteOldAnswers(db: Queryable): Promise<void> {
  await sql`DELETE FROM idempotency_key WHERE created_at < app_now() - interval '48 hours'`.execute(db);
}
