import { sql } from 'kysely';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import type { Rung } from './urgent.ts';

const patientName = sql<string>`patient.given_name || ' ' || patient.family_name`;
const nameOf = (table: string) =>
  sql<string>`concat_ws(' ', ${sql.ref(`${table}.title`)}, ${sql.ref(`${table}.display_name`)})`;

/** Messages without an answer whose next step is due, with the number of that step; the oldest first. */
export async function findDueSteps(db: Db): Promise<{ contactId: string; nth: number }[]> {
  const { rows } = await sql<{ contactId: string; nth: number }>`
    SELECT c.id AS "contactId", next.nth
      FROM urgent_contact c
     CROSS JOIN LATERAL (SELECT coalesce(max(s.nth), 0) + 1 AS nth FROM urgent_step s WHERE s.contact_id = c.id) next
     WHERE c.acknowledged_at IS NULL AND next.nth <= 4
       AND c.told_from[next.nth] <= app_now()
     ORDER BY c.created_at`.execute(db);
  return rows;
}

/** Writes a step; undefined if it was written already. Whom it names is the database's to say. */
export async function insertUrgentStep(trx: Trx, contactId: string, nth: number) {
  const step = await trx
    .insertInto('urgent_step')
    .values({ contact_id: contactId, nth })
    .onConflict((conflict) => conflict.constraint('urgent_step_once').doNothing())
    .returning(['rung', 'name', 'phone', 'practitioner_id as practitionerId'])
    .executeTakeFirst();
  return step && { ...step, rung: step.rung as Rung };
}

/** Where a message belongs, and the address of its patient, if there is one. */
export function findUrgentFacts(trx: Trx, contactId: string) {
  return trx
    .selectFrom('urgent_contact as u')
    .innerJoin('appointment as a', 'a.id', 'u.treatment_appointment_id')
    .innerJoin('patient', 'patient.id', 'u.patient_id')
    .leftJoin('account as x', 'x.id', 'patient.account_id')
    .where('u.id', '=', contactId)
    .select([
      'a.id as appointmentId',
      'a.clinic_id as clinicId',
      'a.jurisdiction',
      'patient.given_name as patientName',
      'x.email as patientEmail',
    ])
    .executeTakeFirstOrThrow();
}

/** The address of a practitioner. */
export function findPractitionerAddress(trx: Trx, practitionerId: string) {
  return trx
    .selectFrom('practitioner as p')
    .innerJoin('account as x', 'x.id', 'p.account_id')
    .where('p.id', '=', practitionerId)
    .select(['p.display_name as name', 'x.email'])
    .executeTakeFirstOrThrow();
}

/** The addresses of everybody at the desk of a clinic. */
export function findDeskAddresses(trx: Trx, clinicId: string) {
  return trx
    .selectFrom('clinic_member as m')
    .innerJoin('account as x', 'x.id', 'm.account_id')
    .where('m.clinic_id', '=', clinicId)
    .where(sql<boolean>`m.valid @> app_now()`)
    .select('x.email')
    .distinct()
    .execute();
}

/** The addresses of all operators. */
export function findOperatorAddresses(trx: Trx) {
  return trx
    .selectFrom('staff as s')
    .innerJoin('account as x', 'x.id', 's.account_id')
    .where('s.role', '=', 'operator')
    .select('x.email')
    .execute();
}

const ANSWERED_DAYS = 14;

/**
 * What `reach` lets the reader see: all without an answer, and what was answered lately. Whose answer is still missing
 * comes first, by age.
 */
export function findUrgentBoard(trx: Trx, reach: { practitionerId: string } | { operator: true }) {
  return (
    trx
      .selectFrom('urgent_contact as u')
      .innerJoin('appointment as a', 'a.id', 'u.treatment_appointment_id')
      .innerJoin('clinic as k', 'k.id', 'a.clinic_id')
      .innerJoin('patient', 'patient.id', 'u.patient_id')
      .innerJoin('practitioner as i', 'i.id', 'a.practitioner_id')
      .leftJoin('practitioner as p', 'p.id', 'a.prescriber_id')
      .leftJoin('practitioner as by', 'by.account_id', 'u.acknowledged_by')
      // Row-level security shows it to practitioners alone.
      .leftJoin('urgent_photo as photo', 'photo.contact_id', 'u.id')
      .where((eb) =>
        eb.or([
          eb('u.acknowledged_at', 'is', null),
          eb(
            'u.acknowledged_at',
            '>',
            sql<Temporal.Instant>`app_now() - ${ANSWERED_DAYS} * interval '1 day'`,
          ),
        ]),
      )
      .where((eb) => {
        const told = eb
          .selectFrom('urgent_step as s')
          .whereRef('s.contact_id', '=', 'u.id')
          .select(sql`1`.as('one'));
        return 'operator' in reach
          ? eb.exists(told.where('s.rung', '=', 'operator'))
          : eb.or([
              eb('a.practitioner_id', '=', reach.practitionerId),
              eb('a.prescriber_id', '=', reach.practitionerId),
              eb.exists(told.where('s.practitioner_id', '=', reach.practitionerId)),
            ]);
      })
      .select([
        'u.id',
        'u.message',
        'photo.id as photoId',
        'u.phone',
        'u.created_at as createdAt',
        'u.answer_by as answerBy',
        'u.acknowledged_at as acknowledgedAt',
        'u.patient_id as patientId',
        'a.id as appointmentId',
        'a.time_zone as timeZone',
        'a.practitioner_id as injectorId',
        'a.prescriber_id as prescriberId',
        'k.name as clinicName',
        'k.phone as clinicPhone',
        patientName.as('patientName'),
        nameOf('i').as('injectorName'),
        nameOf('p').as('prescriberName'),
        nameOf('by').as('answeredBy'),
        sql<Temporal.Instant>`app_now()`.as('now'),
        sql<Temporal.Instant>`a.started_at`.as('treatedAt'),
        // After the last one nobody is told; by then the operators answer.
        sql<Temporal.Instant | null>`(SELECT CASE WHEN max(s.nth) < 4 THEN u.told_from[max(s.nth) + 1] END FROM urgent_step s WHERE s.contact_id = u.id)`.as(
          'nextAt',
        ),
        sql<Temporal.Instant | null>`(SELECT CASE WHEN max(s.nth) = 4 THEN u.told_from[5] END FROM urgent_step s WHERE s.contact_id = u.id)`.as(
          'lastAt',
        ),
      ])
      .orderBy(sql`u.acknowledged_at IS NOT NULL`)
      .orderBy(sql`u.acknowledged_at DESC NULLS FIRST`)
      .orderBy('u.created_at')
      .execute()
  );
}

/** Who was told of these messages, and when. */
export async function findUrgentSteps(trx: Trx, contactIds: readonly string[]) {
  if (contactIds.length === 0) return [];
  const steps = await trx
    .selectFrom('urgent_step')
    .where('contact_id', 'in', contactIds)
    .select(['contact_id as contactId', 'rung', 'name', 'phone', 'told_at as toldAt'])
    .orderBy('contact_id')
    .orderBy('nth')
    .execute();
  return steps.map((step) => ({ ...step, rung: step.rung as Rung }));
}

/** A photo for who may see it at this moment, with whose it is. */
export function findUrgentPhoto(trx: Trx, id: string) {
  return trx
    .selectFrom('urgent_photo')
    .innerJoin('patient', 'patient.id', 'urgent_photo.patient_id')
    .where('urgent_photo.id', '=', id)
    .select([
      'urgent_photo.bytes',
      'urgent_photo.contact_id as contactId',
      'urgent_photo.patient_id as patientId',
      'patient.account_id as patientAccountId',
    ])
    .executeTakeFirst();
}
