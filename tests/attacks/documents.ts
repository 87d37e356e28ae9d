import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting } from '../builders/act.ts';
import { attack, breaks, forbidden, insert, NOTHING, unproven, update } from './attack.ts';
import type { Stage } from './stage.ts';

const aHash = () => createHash('sha256').update(randomUUID()).digest('hex');

const link = ({ ready }: Stage, about: object = {}) => ({
  id: randomUUID(),
  patient_id: ready.patient.id,
  secret_hash: aHash(),
  for_whom: 'Another doctor',
  parts: ['consultations', 'treatments'],
  expires_at: sql`app_now() + interval '7 days'`,
  ...about,
});

/** A link that the patient has given; `isEnded` again by themselves. */
async function given(trx: Queryable, t: Stage, { isEnded = false } = {}) {
  const row = link(t);
  await acting(trx, t.ready.patient, (as) => insert('record_share', row).execute(as));
  if (isEnded)
    await acting(trx, t.ready.patient, (as) =>
      update('record_share', row.id, { ended_at: sql`app_now()` }).execute(as),
    );
  return row;
}

/** The code of the card of the treatment that was given two weeks ago. */
const cardOf = async (trx: Queryable, { treatedRecordId }: Stage) =>
  trx
    .selectFrom('document_code')
    .where('treatment_id', '=', treatedRecordId)
    .select(['id', 'code'])
    .executeTakeFirstOrThrow();

const file = ({ treatedChain }: Stage, who: { id: string }) => ({
  patient_id: treatedChain.patient.id,
  practitioner_id: who.id,
  for_whom: 'insurer',
  recipient: 'The insurer',
  reason: 'A claim about this treatment has been made.',
});

const ENDED = { ended_at: sql`app_now()` };

/** Documents say what is so; the record opens to nobody but whom it belongs to, and whom they let in. */
export const documents = [
  attack('P1', 'a code for a prescription made up', forbidden('document_code'), {
    actor: (t) => t.ready.patient,
    attack: (t) =>
      insert('document_code', { patient_id: t.ready.patient.id, prescription_id: t.ready.prescription.id }),
    twin: (t) => sql`SELECT FROM document_code WHERE prescription_id = ${t.ready.prescription.id}`,
  }),
  attack('P1', 'the code of a card ended by the injector', breaks('document_code_ended_by_patient'), {
    before: cardOf,
    actor: (t, lawful) => (lawful ? t.treated.patient : t.treated.who),
    attack: (_, { id }) => update('document_code', id, ENDED),
  }),
  attack('P1', 'the code of a card ended twice', breaks('document_code_ends_once'), {
    before: async (trx, t, lawful) => {
      const card = await cardOf(trx, t);
      if (!lawful)
        await acting(trx, t.treated.patient, (as) => update('document_code', card.id, ENDED).execute(as));
      return card;
    },
    actor: (t) => t.treated.patient,
    attack: (_, { id }) => update('document_code', id, ENDED),
  }),
  attack('G4', 'the check at the start rewritten', forbidden('start_proof'), {
    actor: (t) => t.treated.who,
    attack: (t) => update('start_proof', t.treated.id, { facts: '{}' }, 'appointment_id'),
    twin: (t) => sql`SELECT FROM start_proof WHERE appointment_id = ${t.treated.id}`,
  }),
  attack('P1', 'a record shared by the prescriber', breaks('record_share_by_patient'), {
    actor: (t, lawful) => (lawful ? t.ready.patient : t.prescriber),
    attack: (t) => insert('record_share', link(t)),
  }),
  attack('P1', 'a sixth link', breaks('record_share_five'), {
    before: async (trx, t, lawful) => {
      for (let nth = lawful ? 1 : 0; nth < 5; nth += 1) await given(trx, t);
    },
    actor: (t) => t.ready.patient,
    attack: (t) => insert('record_share', link(t)),
  }),
  attack('P1', 'a link without an end', breaks('record_share_span'), {
    actor: (t) => t.ready.patient,
    attack: (t) => insert('record_share', link(t, { expires_at: sql`app_now() + interval '90 days'` })),
    twin: (t) => insert('record_share', link(t)),
  }),
  attack('P1', 'the secret of a link kept as it is sent', breaks('record_share_secret_is_hash'), {
    actor: (t) => t.ready.patient,
    attack: (t) => insert('record_share', link(t, { secret_hash: 'VtWkq0m3bY9x' })),
    twin: (t) => insert('record_share', link(t)),
  }),
  attack('P1', 'an ended link opened again', breaks('record_share_frozen'), {
    before: (trx, t, lawful) => given(trx, t, { isEnded: !lawful }),
    actor: (t) => t.ready.patient,
    attack: (_, { id }) => update('record_share', id, ENDED),
  }),
  attack('P1', 'a record read by a link that was ended', NOTHING, {
    before: (trx, t, lawful) => given(trx, t, { isEnded: !lawful }),
    attack: (_, { secret_hash }) =>
      sql`SELECT access_id FROM open_shared_record(${secret_hash}, ${aHash()}, 'A reader', 'A place')`,
  }),
  attack('P1', 'a part read that the patient did not choose', NOTHING, {
    before: async (trx, t, lawful) => {
      const row = await given(trx, t);
      const secret = aHash();
      await sql`SELECT FROM open_shared_record(${row.secret_hash}, ${secret}, 'A reader', 'A place')`.execute(
        trx,
      );
      await sql`SELECT set_config('app.access_hash', ${secret}, true)`.execute(trx);
      return lawful ? 'consultation_record' : 'health_answers';
    },
    attack: (t, table) => sql`SELECT 1 FROM ${sql.table(table)} WHERE patient_id = ${t.ready.patient.id}`,
  }),
  attack('P1', 'a reading written without a link', forbidden('record_access'), {
    before: (trx, t) => given(trx, t),
    attack: (t, { id }) =>
      insert('record_access', {
        patient_id: t.ready.patient.id,
        share_id: id,
        secret_hash: aHash(),
        reader_name: 'A reader',
        reader_place: 'A place',
        expires_at: sql`app_now() + interval '1 year'`,
      }),
    twin: (_, { secret_hash }) =>
      sql`SELECT access_id FROM open_shared_record(${secret_hash}, ${aHash()}, 'A reader', 'A place')`,
  }),
  attack('P1', 'a card opened after its code was ended', NOTHING, {
    before: async (trx, t, lawful) => {
      const card = await cardOf(trx, t);
      if (!lawful)
        await acting(trx, t.treated.patient, (as) => update('document_code', card.id, ENDED).execute(as));
      return card;
    },
    attack: (_, { code }) =>
      sql`SELECT access_id FROM open_by_card(${code}, ${aHash()}, 'A reader', 'A place')`,
  }),
  attack('P1', 'a file made in the name of another practitioner', unproven('case_file_by_practitioner'), {
    actor: (t) => t.prescriber,
    attack: (t) => insert('case_file', file(t, t.injector)),
    twin: (t) => insert('case_file', file(t, t.prescriber)),
  }),
  attack('P1', 'a file of somebody else’s patient', forbidden('case_file'), {
    actor: (t, lawful) => (lawful ? t.prescriber : t.otherPrescriber),
    attack: (t) => insert('case_file', file(t, t.otherPrescriber)),
    twin: (t) => insert('case_file', file(t, t.prescriber)),
  }),
  attack('P3', 'a file made without a reason', breaks('case_file_reason'), {
    actor: (t) => t.prescriber,
    attack: (t) => insert('case_file', { ...file(t, t.prescriber), reason: ' ' }),
    twin: (t) => insert('case_file', file(t, t.prescriber)),
  }),
  ...(['case_file', 'document_code', 'record_access', 'record_share', 'start_proof'] as const).map((table) =>
    attack('P1', `a stranger who reads ${table}`, NOTHING, {
      before: async (trx, t) => {
        const share = await given(trx, t);
        await sql`SELECT FROM open_shared_record(${share.secret_hash}, ${aHash()}, 'A reader', 'A place')`.execute(
          trx,
        );
        await acting(trx, t.prescriber, (as) => insert('case_file', file(t, t.prescriber)).execute(as));
      },
      // Who may see both patients: the one who shares, and the one who was treated.
      actor: (t, lawful) => (lawful ? t.prescriber : t.stranger),
      attack: () => sql`SELECT 1 FROM ${sql.table(table)}`,
    }),
  ),
];
