import { sql, type Updateable } from 'kysely';
import type { DB } from '#db/schema.ts';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, type Signer } from '../builders/act.ts';
import { practitioner, type Practitioner } from '../builders/people.ts';
import { application, completeChecks } from '../builders/vetting.ts';
import { attack, breaks, forbidden, insert, NOTHING, twice, update } from './attack.ts';
import type { Stage } from './stage.ts';

const decide = (caseId: string) => sql`SELECT decide_vetting(${caseId}, true, 'All seen')`;
const PDF = Buffer.from('%PDF-1.4 a certificate');

const claim = (who: Practitioner, row: object = {}) =>
  insert('credential', {
    practitioner_id: who.id,
    jurisdiction: 'england',
    kind: 'qualification',
    valid: '[2020-01-01,2040-01-01)',
    ...row,
  });

/** A claim of the candidate's own on which nothing rests. */
const claimed = (trx: Queryable, { candidate }: Stage) =>
  trx
    .insertInto('credential')
    .values({
      practitioner_id: candidate.id,
      jurisdiction: 'england',
      kind: 'qualification',
      valid: '[2020-01-01,2040-01-01)',
    })
    .returning('id')
    .executeTakeFirstOrThrow();

const file = (credentialId: string, by: Signer, row: object = {}) =>
  insert('evidence_file', {
    credential_id: credentialId,
    place: 1,
    name: 'certificate.pdf',
    media_type: 'application/pdf',
    bytes: PDF,
    added_by: by.accountId,
    ...row,
  });

/** A case that waits for the second person, with one credential other than it should be. */
const waiting = async (
  trx: Queryable,
  { reviewers: [checker] }: Stage,
  wrong: Updateable<DB['credential']> | null,
  kind: string,
) => {
  const who = await practitioner(trx, 'doctor');
  const vetting = await application(trx, who, { checker });
  await completeChecks(trx, vetting, checker);
  if (wrong !== null) {
    // Past the trigger that keeps claims as they are: this is how such a claim would stand there.
    await sql`ALTER TABLE credential DISABLE TRIGGER credential_withdraw`.execute(trx);
    await trx
      .updateTable('credential')
      .set(wrong)
      .where('practitioner_id', '=', who.id)
      .where('kind', '=', kind)
      .execute();
    await sql`ALTER TABLE credential ENABLE TRIGGER credential_withdraw`.execute(trx);
  }
  return vetting.id;
};

const insufficient = (name: string, kind: string, wrong: Updateable<DB['credential']>) =>
  attack('L1', name, breaks('vetting_evidence_complete'), {
    actor: (t) => t.reviewers[1],
    before: (trx, t, lawful) => waiting(trx, t, lawful ? null : wrong, kind),
    attack: (_, id) => decide(id),
  });

/** What an applicant may claim, show and change, and who reads it (L1, L3, L8, P1). */
export const applications = [
  insufficient('approved on training that was online only', 'toxin_training', { hands_on: false }),
  insufficient('approved on an afternoon of training', 'toxin_training', { hours: 3 }),
  insufficient('approved on training without complications', 'toxin_training', {
    manages_complications: null,
  }),
  insufficient('approved on insurance for other work', 'indemnity_insurance', { covers_treatment: false }),
  insufficient('approved on the number of another register', 'registration', { register: 'nmc' }),
  insufficient('approved on a claim that was taken back', 'life_support', {
    withdrawn_at: Temporal.Instant.from('2026-01-01T00:00:00Z'),
  }),
  attack('L8', 'approved with nobody to call out of hours', breaks('vetting_cover_named'), {
    actor: (t) => t.reviewers[1],
    before: async (trx, t, lawful) => {
      const who = await practitioner(trx, 'doctor');
      const vetting = await application(trx, who, { checker: t.reviewers[0] });
      await completeChecks(trx, vetting, t.reviewers[0]);
      if (!lawful) await update('practitioner', who.id, { out_of_hours_phone: null }).execute(trx);
      return vetting.id;
    },
    attack: (_, id) => decide(id),
  }),
  attack('L8', 'cover that is a blank', breaks('practitioner_cover_named'), {
    attack: (t) => update('practitioner', t.injector.id, { out_of_hours_phone: ' ' }),
    twin: (t) => update('practitioner', t.injector.id, { out_of_hours_phone: '+44 113 496 0998' }),
  }),

  attack('L3', 'a credential claimed for somebody else', forbidden('credential'), {
    actor: (t, lawful) => (lawful ? t.candidate : t.injector),
    attack: (t) => claim(t.candidate),
  }),
  attack('L3', 'a claim of somebody else taken back', NOTHING, {
    before: claimed,
    actor: (t, lawful) => (lawful ? t.candidate : t.injector),
    attack: (_, { id }) => update('credential', id, { withdrawn_at: sql`app_now()` }),
  }),
  attack('L1', 'a claim taken back from under a decision', breaks('credential_withdraw'), {
    before: async (trx, t, lawful) =>
      lawful
        ? claimed(trx, t)
        : trx
            .selectFrom('vetting_evidence')
            .where('case_id', '=', t.submitted.id)
            .select('credential_id as id')
            .executeTakeFirstOrThrow(),
    actor: (t) => t.candidate,
    attack: (_, { id }) => update('credential', id, { withdrawn_at: sql`app_now()` }),
  }),
  attack(
    'L3',
    'another profession, once somebody was asked to look',
    breaks('practitioner_profession_stays'),
    {
      before: async (trx, t, lawful) => (lawful ? practitioner(trx) : t.candidate),
      actor: (_, __, who) => who,
      attack: () => sql`SELECT change_profession('dentist')`,
    },
  ),

  attack('P1', 'an application begun for somebody else', forbidden('application'), {
    actor: (t, lawful) => (lawful ? t.candidate : t.stranger),
    attack: (t) => insert('application', { practitioner_id: t.candidate.id, jurisdiction: 'texas' }),
  }),
  attack('P1', 'the address of somebody else’s application', NOTHING, {
    before: (trx, t) =>
      trx
        .insertInto('application')
        .values({ practitioner_id: t.candidate.id, jurisdiction: 'texas' })
        .returning('id')
        .executeTakeFirstOrThrow(),
    actor: (t, lawful) => (lawful ? t.candidate : t.stranger),
    attack: (t, { id }) => update('application', id, { location_id: t.leeds.locationId }),
  }),
  attack('P1', 'a second application for the same place', twice('application_once'), {
    before: (trx, t, lawful) =>
      insert('application', {
        practitioner_id: t.candidate.id,
        jurisdiction: lawful ? 'england' : 'texas',
      }).execute(trx),
    actor: (t) => t.candidate,
    attack: (t) => insert('application', { practitioner_id: t.candidate.id, jurisdiction: 'texas' }),
  }),

  attack('P1', 'a file added to somebody else’s claim', forbidden('evidence_file'), {
    before: claimed,
    actor: (t, lawful) => (lawful ? t.candidate : t.injector),
    attack: (t, { id }) => file(id, t.candidate),
  }),
  ...(['a colleague', 'a stranger'] as const).map((who) =>
    attack('P1', `${who} who reads evidence_file`, NOTHING, {
      before: async (trx, t) => {
        const { id } = await claimed(trx, t);
        await acting(trx, t.candidate, (as) => file(id, t.candidate).execute(as));
      },
      actor: (t, lawful) => (lawful ? t.candidate : who === 'a stranger' ? t.stranger : t.injector),
      attack: () => sql`SELECT 1 FROM evidence_file`,
    }),
  ),
  attack('P1', 'a file read by nobody in particular', NOTHING, {
    before: async (trx, t) => {
      const { id } = await claimed(trx, t);
      await acting(trx, t.candidate, (as) => file(id, t.candidate).execute(as));
    },
    actor: (t, lawful) => (lawful ? t.reviewers[0] : { accountId: '' }),
    attack: () => sql`SELECT 1 FROM evidence_file`,
  }),
  attack('P1', 'a page that calls itself a PDF', breaks('evidence_file_sniffed'), {
    before: claimed,
    actor: (t) => t.candidate,
    attack: (t, { id }) => file(id, t.candidate, { bytes: Buffer.from('<html>hello</html>') }),
    twin: (t, { id }) => file(id, t.candidate),
  }),
  attack('P1', 'a file beyond all bounds', breaks('evidence_file_size'), {
    before: claimed,
    actor: (t) => t.candidate,
    attack: (t, { id }) =>
      file(id, t.candidate, { bytes: sql`'%PDF-'::bytea || repeat('a', 8388608)::bytea` }),
    twin: (t, { id }) => file(id, t.candidate, { bytes: sql`'%PDF-'::bytea || repeat('a', 8388603)::bytea` }),
  }),
  attack('P1', 'a fourth file', breaks('evidence_file_three'), {
    before: claimed,
    actor: (t) => t.candidate,
    attack: (t, { id }) => file(id, t.candidate, { place: 4 }),
    twin: (t, { id }) => file(id, t.candidate, { place: 3 }),
  }),
  attack('P1', 'two files in one place', twice('evidence_file_one_place'), {
    before: async (trx, t) => {
      const made = await claimed(trx, t);
      await acting(trx, t.candidate, (as) => file(made.id, t.candidate).execute(as));
      return made;
    },
    actor: (t) => t.candidate,
    attack: (t, { id }) => file(id, t.candidate),
    twin: (t, { id }) => file(id, t.candidate, { place: 2 }),
  }),
  attack('P1', 'a file named as a folder', breaks('evidence_file_name'), {
    before: claimed,
    actor: (t) => t.candidate,
    attack: (t, { id }) => file(id, t.candidate, { name: '../certificate.pdf' }),
    twin: (t, { id }) => file(id, t.candidate),
  }),
  attack('P3', 'a file exchanged', forbidden('evidence_file'), {
    attack: () => sql`UPDATE evidence_file SET bytes = bytes`,
    twin: () => sql`SELECT count(*) FROM evidence_file`,
  }),
];
