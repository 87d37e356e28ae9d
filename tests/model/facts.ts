import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';

export type Visit = {
  readonly id: string;
  readonly state: string;
  readonly start: string;
  readonly zone: string;
  readonly party: string | null;
  readonly practitioner: string;
  readonly account: string;
  readonly episode: string | null;
};
export type Prescription = {
  readonly id: string;
  readonly state: string;
  readonly visit: string;
  readonly account: string;
  readonly injector: string;
  readonly injectorAccount: string;
  readonly consent: string | null;
  readonly thinkUntil: string;
};
/** Where a patient is on the road: the newest of everything. */
export type Facts = {
  readonly consultation: Visit | null;
  readonly outcome: string | null;
  /** The newest consultation, once its record is signed. */
  readonly signed: string | null;
  readonly prescription: Prescription | null;
  readonly treatment: Visit | null;
  readonly review: Visit | null;
  readonly answers: string | null;
  readonly now: string;
};

/**
 * Writes the question about a patient into the database, where its plan is kept: it is asked before every command, and
 * planning it takes longer than answering it.
 */
export async function writeLook(db: Queryable): Promise<void> {
  const visit = (kind: 'consultation' | 'treatment' | 'follow_up') => sql`(
    SELECT jsonb_build_object('id', a.id, 'state', a.state, 'start', lower(a.during), 'zone', a.time_zone, 'party', a.party_id, 'practitioner', p.id, 'account', p.account_id, 'episode', a.episode_id)
      FROM appointment a JOIN practitioner p ON p.id = a.practitioner_id
     WHERE a.patient_id = wanted AND a.kind = ${sql.lit(kind)} ORDER BY a.id DESC LIMIT 1)`;
  await sql`CREATE FUNCTION look_at(wanted uuid) RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN RETURN (
    SELECT jsonb_build_object(
      'consultation', ${visit('consultation')}, 'treatment', ${visit('treatment')}, 'review', ${visit('follow_up')},
      'outcome', (SELECT outcome FROM consultation_record WHERE patient_id = wanted AND state = 'signed' ORDER BY signed_at DESC LIMIT 1),
      'signed', (SELECT c.id FROM consultation_record c WHERE c.state = 'signed' AND c.appointment_id =
        (SELECT a.id FROM appointment a WHERE a.patient_id = wanted AND a.kind = 'consultation' ORDER BY a.id DESC LIMIT 1)),
      'answers', (SELECT id FROM health_answers WHERE patient_id = wanted ORDER BY version DESC LIMIT 1),
      'prescription', (SELECT jsonb_build_object('id', rx.id, 'state', rx.state, 'visit', rx.consultation_appointment_id, 'account', by.account_id, 'injector', rx.injector_id, 'injectorAccount', inj.account_id,
              'consent', (SELECT state FROM consent WHERE prescription_id = rx.id ORDER BY given_at DESC LIMIT 1), 'thinkUntil', rx.consultation_signed_at + interval '48 hours')
         FROM prescription rx JOIN practitioner by ON by.id = rx.prescriber_id JOIN practitioner inj ON inj.id = rx.injector_id
        WHERE rx.patient_id = wanted ORDER BY rx.id DESC LIMIT 1),
      'now', to_jsonb(app_now()) #>> '{}')); END $$`.execute(db);
}

/** Looks at a patient past row security: the model knows everything, and so aims well. */
export async function factsOf(trx: Queryable, patientId: string): Promise<Facts> {
  const { rows } = await sql<{ facts: Facts }>`SELECT look_at(${patientId}) AS facts`.execute(trx);
  return rows[0]!.facts;
}
