import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import type { InstantRange } from '#lib/server/platform/instants.ts';

export type AppointmentFacts = {
  kind: string;
  during: InstantRange;
  time_zone: string;
  jurisdiction: string;
  practitioner_name: string;
  slug: string;
  clinic_name: string;
  clinic_phone: string;
  address: string;
  patient_name: string | null;
  patient_email: string | null;
  has_account: boolean;
};

/** What a letter about an appointment says. Nothing clinical. */
export async function findAppointmentFacts(
  db: Queryable,
  appointmentId: string,
): Promise<AppointmentFacts | undefined> {
  const { rows } = await sql<AppointmentFacts>`
    SELECT a.kind, a.during, a.time_zone, a.jurisdiction,
           concat_ws(' ', r.title, r.display_name) AS practitioner_name, r.slug, c.name AS clinic_name, c.phone AS clinic_phone,
           concat_ws(', ', l.name, l.street, l.locality, l.postcode) AS address,
           p.given_name AS patient_name, coalesce(x.email, p.email) AS patient_email,
           x.id IS NOT NULL AS has_account
      FROM appointment a
      JOIN practitioner r ON r.id = a.practitioner_id JOIN location l ON l.id = a.location_id JOIN clinic c ON c.id = a.clinic_id
      LEFT JOIN patient p ON p.id = a.patient_id LEFT JOIN account x ON x.id = p.account_id
     WHERE a.id = ${appointmentId}`.execute(db);
  return rows[0];
}

/** To whom a patient lets letters about appointments go as well. */
export function findCarersWithLetters(db: Queryable, appointmentId: string) {
  return db
    .selectFrom('carer')
    .innerJoin('appointment', 'appointment.patient_id', 'carer.patient_id')
    .innerJoin('account', 'account.id', 'carer.carer_account_id')
    .where('appointment.id', '=', appointmentId)
    .where('carer.ended_at', 'is', null)
    .where('carer.gets_letters', '=', true)
    .where('account.suspended_at', 'is', null)
    .select(['account.id', 'account.display_name as name', 'account.email'])
    .execute();
}

export function findEvent(db: Queryable, eventId: string) {
  return db
    .selectFrom('event')
    .select(['id', 'type', 'subject_type', 'subject_id', 'clinic_id', 'payload'])
    .where('id', '=', eventId)
    .executeTakeFirst();
}

/** The letter, unless it has left already. */
export function findUnsentMail(db: Queryable, mailId: string) {
  return db
    .selectFrom('mail_message')
    .select(['id', 'to_name', 'to_address', 'subject', 'body'])
    .where('id', '=', mailId)
    .where('sent_at', 'is', null)
    .executeTakeFirst();
}

export async function markMailSent(db: Queryable, mailId: string): Promise<void> {
  await sql`UPDATE mail_message SET sent_at = app_now() WHERE id = ${mailId}`.execute(db);
}

/** The newest letters to demo people, for the mailbox page. */
export function listMail(db: Queryable, toAddress: string | undefined) {
  return db
    .selectFrom('mail_message')
    .select(['id', 'to_name', 'to_address', 'subject', 'body', 'created_at'])
    .$if(toAddress !== undefined, (query) => query.where('to_address', '=', toAddress!))
    .orderBy('id', 'desc')
    .limit(50)
    .execute();
}

export type OfferFacts = {
  during: InstantRange;
  openUntil: Temporal.Instant;
  timeZone: string;
  practitionerName: string;
  clinicName: string;
  clinicPhone: string;
  address: string;
  patientName: string;
  patientEmail: string | null;
  hasAccount: boolean;
};

/** What a letter about an open offer of the waitlist says. */
export async function findOfferFacts(db: Queryable, offerId: string): Promise<OfferFacts | undefined> {
  const { rows } = await sql<OfferFacts>`
    SELECT o.during, o.open_until AS "openUntil", l.time_zone AS "timeZone", concat_ws(' ', r.title, r.display_name) AS "practitionerName",
           c.name AS "clinicName", c.phone AS "clinicPhone", concat_ws(', ', l.name, l.street, l.locality, l.postcode) AS address,
           p.given_name AS "patientName", coalesce(x.email, p.email) AS "patientEmail", p.account_id IS NOT NULL AS "hasAccount"
      FROM waitlist_offer o
      JOIN practitioner r ON r.id = o.practitioner_id JOIN location l ON l.id = o.location_id JOIN clinic c ON c.id = l.clinic_id
      JOIN patient p ON p.id = o.patient_id LEFT JOIN account x ON x.id = p.account_id
     WHERE o.id = ${offerId} AND o.state = 'open' AND o.open_until > app_now()`.execute(db);
  return rows[0];
}
