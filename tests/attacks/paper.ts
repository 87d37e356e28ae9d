import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, type Signer } from '../builders/act.ts';
import { clinicMember } from '../builders/people.ts';
import { attack, breaks, forbidden, insert, NOTHING, twice, unproven, type Statement } from './attack.ts';
import { ended, withdrawn } from './means.ts';
import type { Stage } from './stage.ts';

/** `ready` has taken the consent back, and somebody works at the desk. */
async function desk(trx: Queryable, { ready, leeds }: Stage): Promise<Signer> {
  await withdrawn(trx, ready.consent);
  return clinicMember(trx, leeds);
}

const paper = ({ ready }: Stage, row: object = {}): Statement =>
  insert('consent_paper', {
    prescription_id: ready.prescription.id,
    witness_name: 'Joan Marsh',
    signed_on: sql`app_now()::date`,
    name: 'signed.pdf',
    media_type: 'application/pdf',
    bytes: Buffer.from('%PDF-1.7 signed'),
    ...row,
  });

/** A paper that was taken in, and the consent that it made taken back. */
async function takenIn(trx: Queryable, t: Stage): Promise<string> {
  const member = await desk(trx, t);
  const id = randomUUID();
  await acting(trx, member, (as) => paper(t, { id }).execute(as));
  await sql`UPDATE consent SET state = 'withdrawn' WHERE paper_id = ${id}`.execute(trx);
  return id;
}

/** The consent of `ready`, anew, with this paper or with none. */
const consentBy = ({ ready }: Stage, row: object): Statement =>
  insert('consent', {
    prescription_id: ready.prescription.id,
    patient_id: ready.patient.id,
    injector_id: ready.prescription.injector.id,
    text_version: '1',
    items: ['understood', 'own_choice', 'may_stop', 'named_injector'],
    ...row,
  });

/** Consent on paper counts by the hands of a desk, before a witness, and once (G5). */
export const paperAttacks = [
  attack('G5', 'a paper taken in by the prescriber', breaks('consent_paper_by_desk'), {
    actor: (t, lawful, member) => (lawful ? member : t.prescriber),
    before: desk,
    attack: (t) => paper(t),
  }),
  attack('G5', 'a paper with who injects as the witness', breaks('consent_paper_witness'), {
    before: async (trx, t) => {
      const member = await desk(trx, t);
      const { display_name: name } = await trx
        .selectFrom('practitioner')
        .where('id', '=', t.injector.id)
        .select('display_name')
        .executeTakeFirstOrThrow();
      return { member, name };
    },
    actor: (_t, _lawful, { member }) => member,
    attack: (t, { name }) => paper(t, { witness_name: `Nurse ${name.toUpperCase()}` }),
    twin: (t) => paper(t),
  }),
  attack('G1', 'a paper signed before the consultation', breaks('consent_paper_signed_on'), {
    actor: (_t, _lawful, member) => member,
    before: desk,
    attack: (t) => paper(t, { signed_on: sql`app_now()::date - 1` }),
    twin: (t) => paper(t),
  }),
  attack('G5', 'a paper for a prescription that has ended', breaks('consent_paper_for_active'), {
    before: async (trx, t, lawful) => {
      const member = await desk(trx, t);
      if (!lawful) await ended(trx, t.ready.prescription, 'cancelled');
      return member;
    },
    actor: (_t, _lawful, member) => member,
    attack: (t) => paper(t),
  }),
  attack('G5', 'a paper that is no paper', breaks('consent_paper_sniffed'), {
    actor: (_t, _lawful, member) => member,
    before: desk,
    attack: (t) => paper(t, { bytes: Buffer.from('<script>1</script>') }),
    twin: (t) => paper(t),
  }),
  attack('G5', 'one paper that counts twice', twice('consent_one_of_paper'), {
    actor: (t) => t.ready.patient,
    before: takenIn,
    attack: (t, id) => consentBy(t, { paper_id: id }),
    twin: (t) => consentBy(t, {}),
  }),
  attack('G5', 'a consent by a paper of another prescription', unproven('consent_of_paper'), {
    actor: (t) => t.ready.patient,
    before: async (trx, t) => {
      await withdrawn(trx, t.ready.consent);
      await withdrawn(trx, t.other.consent);
      const id = randomUUID();
      const member = await clinicMember(trx, t.leeds);
      const about = { id, prescription_id: t.other.prescription.id };
      await acting(trx, member, (as) => paper(t, about).execute(as));
      await sql`UPDATE consent SET state = 'withdrawn' WHERE paper_id = ${id}`.execute(trx);
      await sql`ALTER TABLE consent DROP CONSTRAINT IF EXISTS consent_one_of_paper`.execute(trx);
      return id;
    },
    attack: (t, id) => consentBy(t, { paper_id: id }),
    twin: (t) => consentBy(t, {}),
  }),
  attack('P3', 'a paper rewritten', forbidden('consent_paper'), {
    attack: () => sql`UPDATE consent_paper SET witness_name = 'Somebody else'`,
    twin: () => sql`SELECT count(*) FROM consent_paper`,
  }),
  attack('P1', 'a stranger who reads consent_paper', NOTHING, {
    before: async (trx, t) => {
      await takenIn(trx, t);
    },
    actor: (t, lawful) => (lawful ? t.ready.patient : t.stranger),
    attack: () => sql`SELECT 1 FROM consent_paper`,
  }),
];
