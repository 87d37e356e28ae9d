import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, later, passTime } from '../builders/act.ts';
import { practitioner } from '../builders/people.ts';
import { application, completeChecks, supervise, vet } from '../builders/vetting.ts';
import { book } from '../builders/visits.ts';
import { attack, breaks, forbidden, insert, twice, unproven, update } from './attack.ts';
import { days, newChain } from './means.ts';
import { consultation, treatment } from './rows.ts';
import { shortLived, type Stage } from './stage.ts';

const decide = (caseId: string) => sql`SELECT decide_vetting(${caseId}, true, 'All seen')`;

/** An application that waits for the second person. */
const waiting = async (
  trx: Queryable,
  { reviewers: [checker] }: Stage,
  about: Omit<Parameters<typeof application>[2], 'checker'>,
) => {
  const vetting = await application(trx, await practitioner(trx), { ...about, checker });
  await completeChecks(trx, vetting, checker);
  return vetting.id;
};

/** A check of one credential of the candidate's own, or of somebody else's. */
const checkedCredential = (
  trx: Queryable,
  { candidate, prescriber, reviewers: [checker] }: Stage,
  about: { own?: boolean; result?: string; byMachine?: boolean },
) =>
  acting(trx, checker, async (as) => {
    const { id } = await as
      .insertInto('credential')
      .values({
        practitioner_id: about.own === false ? prescriber.id : candidate.id,
        jurisdiction: 'england',
        kind: 'qualification',
        valid: '[2020-01-01,2040-01-01)',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const check = await as
      .insertInto('credential_check')
      .values({
        credential_id: id,
        checked_by: about.byMachine ? null : checker.accountId,
        release_id: about.byMachine ? await release(as) : null,
        source: 'The register',
        method: about.byMachine ? 'register_file' : 'register_page',
        result: about.result ?? 'confirmed',
        next_due_on: '2030-01-01',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { credential_id: id, check_id: check.id };
  });
const release = async (trx: Queryable) => {
  const { rows } = await sql<{ id: string }>`
    INSERT INTO register_release (register, kind, as_of, file_name, fingerprint)
    VALUES ('gmc', 'full', app_now()::date, 'register.csv', repeat('0', 64)) RETURNING id`.execute(trx);
  return rows[0]!.id;
};
const evidence = ({ submitted, candidate }: Stage, made: object) =>
  insert('vetting_evidence', {
    case_id: submitted.id,
    practitioner_id: candidate.id,
    jurisdiction: 'england',
    ...made,
  });

/** Two people decide who is listed, on primary sources, and nobody else (L1 to L4). */
export const practitioners = [
  attack('L1', 'somebody who decides about herself', breaks('vetting_case_not_the_subject'), {
    before: (trx, t) =>
      insert('staff', { account_id: t.checked.practitioner.accountId, role: 'reviewer' }).execute(trx),
    actor: (t, lawful) => (lawful ? t.reviewers[1] : t.checked.practitioner),
    attack: (t) => decide(t.checked.id),
  }),
  attack('L1', 'somebody who checks himself', breaks('vetting_case_not_the_subject'), {
    before: (trx, t) => insert('staff', { account_id: t.candidate.accountId, role: 'reviewer' }).execute(trx),
    actor: (t, lawful) => (lawful ? t.reviewers[1] : t.candidate),
    attack: (t) => update('vetting_case', t.submitted.id, { state: 'checks_complete' }),
  }),
  attack('L1', 'one person who checks and decides', breaks('vetting_case_two_people'), {
    actor: (t, lawful) => t.reviewers[lawful ? 1 : 0],
    attack: (t) => decide(t.checked.id),
  }),
  attack('L1', 'decided by somebody who is no reviewer', unproven('vetting_case_decided_by_reviewer'), {
    actor: (t, lawful) => (lawful ? t.reviewers[1] : t.stranger),
    attack: (t) => decide(t.checked.id),
  }),
  attack('L1', 'checked by somebody who is no reviewer', unproven('vetting_case_checked_by_reviewer'), {
    actor: (t, lawful) => (lawful ? t.reviewers[0] : t.stranger),
    attack: (t) => update('vetting_case', t.submitted.id, { state: 'checks_complete' }),
  }),
  attack('L1', 'decided before the checks', breaks('vetting_case_waiting'), {
    actor: (t) => t.reviewers[1],
    before: async (trx, t, lawful) => {
      if (lawful) await completeChecks(trx, t.submitted, t.reviewers[0]);
    },
    attack: (t) => decide(t.submitted.id),
  }),
  attack('L1', 'a case born approved', breaks('vetting_case_waiting'), {
    before: (trx) => practitioner(trx),
    actor: (t) => t.reviewers[1],
    attack: (_, who) => caseOf(who, 'approved'),
    twin: (_, who) => caseOf(who, 'submitted'),
  }),
  attack('L1', 'a case decided a second time', breaks('vetting_case_waiting'), {
    actor: (t) => t.reviewers[1],
    before: async (trx, t, lawful) => {
      if (!lawful) await acting(trx, t.reviewers[1], (as) => decide(t.checked.id).execute(as));
    },
    attack: (t) => decide(t.checked.id),
  }),
  attack('L1', 'checks taken over by a second reviewer', breaks('vetting_case_waiting'), {
    actor: (t, lawful) => t.reviewers[lawful ? 0 : 1],
    before: async (_, t, lawful) => Promise.resolve(lawful ? t.submitted : t.checked),
    attack: (_, { id }) => update('vetting_case', id, { state: 'checks_complete' }),
  }),
  attack('L1', 'a second open case', twice('vetting_case_one_open'), {
    before: async (trx, t, lawful) => (lawful ? practitioner(trx) : t.candidate),
    actor: (t) => t.candidate,
    attack: (_, who) => caseOf(who, 'submitted'),
  }),
  attack('L1', 'approved without insurance', breaks('vetting_evidence_complete'), {
    actor: (t) => t.reviewers[1],
    before: (trx, t, lawful) =>
      waiting(trx, t, {
        kinds: ['registration', 'toxin_training', 'life_support', ...(lawful ? ['indemnity_insurance'] : [])],
      }),
    attack: (_, id) => decide(id),
  }),
  attack('L1', 'approved on credentials that have ended', breaks('vetting_evidence_complete'), {
    actor: (t) => t.reviewers[1],
    before: (trx, t, lawful) => waiting(trx, t, { until: lawful ? 30 : -1 }),
    attack: (_, id) => decide(id),
  }),
  attack('L1', 'a decision on checks of four months ago', breaks('vetting_evidence_fresh'), {
    actor: (t) => t.reviewers[1],
    before: async (trx, t, lawful) => {
      const id = await waiting(trx, t, {});
      await passTime(trx, days(lawful ? 119 : 121));
      return id;
    },
    attack: (_, id) => decide(id),
  }),
  attack('L1', 'a decision on what no person looked at', unproven('vetting_evidence_by_person'), {
    before: (trx, t, lawful) => checkedCredential(trx, t, { byMachine: !lawful }),
    attack: (t, made) => evidence(t, made),
  }),
  attack('L1', 'a check that confirmed nothing', unproven('vetting_evidence_confirmed'), {
    before: (trx, t, lawful) => checkedCredential(trx, t, { result: lawful ? 'confirmed' : 'not_confirmed' }),
    attack: (t, made) => evidence(t, made),
  }),
  attack('L1', 'the credential of somebody else', unproven('vetting_evidence_own_credential'), {
    before: (trx, t, lawful) => checkedCredential(trx, t, { own: lawful }),
    attack: (t, made) => evidence(t, made),
  }),
  attack('L1', 'a credential made to last', forbidden('credential'), {
    actor: (t) => t.candidate,
    attack: () => sql`UPDATE credential SET valid = '[2020-01-01,2040-01-01)'`,
    twin: (t) =>
      insert('credential', {
        practitioner_id: t.candidate.id,
        jurisdiction: 'england',
        kind: 'qualification',
        valid: '[2020-01-01,2040-01-01)',
      }),
  }),
  attack('L1', 'a check rewritten', forbidden('credential_check'), {
    attack: () => sql`UPDATE credential_check SET result = 'confirmed'`,
    twin: () => sql`SELECT 1 FROM credential_check`,
  }),
  attack('L1', 'a script where a check says which page it read', breaks('credential_check_source_url'), {
    before: (trx, t) =>
      trx
        .selectFrom('credential')
        .select('id')
        .where('practitioner_id', '=', t.prescriber.id)
        .executeTakeFirstOrThrow(),
    attack: (t, { id }) => registerRead(t, id, 'javascript:alert(1)'),
    twin: (t, { id }) => registerRead(t, id, 'https://register.example.test/'),
  }),
  attack('L1', 'a capability written by hand', forbidden('capability_period'), {
    actor: (t) => t.reviewers[1],
    attack: (t) =>
      insert('capability_period', {
        practitioner_id: t.candidate.id,
        jurisdiction: 'england',
        capability: 'inject',
        valid: sql`tstzrange(app_now(), app_now() + interval '1 year')`,
        case_id: t.submitted.id,
      }),
    twin: (t) => decide(t.checked.id),
  }),
  attack('L2', 'standing flipped back', forbidden('practitioner'), {
    before: (trx, t) => sql`SELECT suspend_practitioner(${t.candidate.id})`.execute(trx),
    attack: (t) => update('practitioner', t.candidate.id, { standing: 'good' }),
    twin: (t) => update('practitioner', t.candidate.id, { headline: 'Calm, unhurried visits' }),
  }),
  attack('L3', 'a profession that allows more', forbidden('practitioner'), {
    attack: (t) => update('practitioner', t.injector.id, { profession: 'doctor' }),
    twin: (t) => update('practitioner', t.injector.id, { headline: 'Calm, unhurried visits' }),
  }),
  attack(
    'L4',
    'a treatment past the end of the credentials, a consultation being allowed',
    unproven('appointment_capability'),
    {
      before: async (trx, t) => {
        const who = await shortLived(trx, t, 'doctor', 5);
        return newChain(trx, t, { prescriber: who, injector: who });
      },
      attack: (t, made) => treatment(t, made, {}, { at: t.soon.add(days(5)) }),
      twin: (t, made) => consultation(t, { who: made.prescription.injector, at: t.soon.add(days(5)) }),
    },
  ),
  attack(
    'L4',
    'a treatment past the end of the credentials, unless they are renewed under a live one',
    unproven('appointment_capability'),
    {
      before: async (trx, t, lawful) => {
        const who = await shortLived(trx, t, 'doctor', 5);
        await book(trx, {
          kind: 'consultation',
          patient: t.other.patient,
          who,
          where: t.leeds,
          at: await later(trx, days(3)),
        });
        const made = await newChain(trx, t, { prescriber: who, injector: who });
        if (lawful) await vet(trx, who, t.reviewers, { until: 90 });
        return made;
      },
      attack: (t, made) => treatment(t, made, {}, { at: t.soon.add(days(5)) }),
    },
  ),
  attack('L4', 'a register that could not be read for too long', breaks('appointment_register_read'), {
    before: async (trx, t, lawful) => {
      const who = await shortLived(trx, t, 'doctor', 90, 0);
      await passTime(trx, days(lawful ? 7 : 9));
      return who;
    },
    attack: (t, who) => consultation(t, { who, at: t.soon.add(days(10)) }),
  }),
  attack('L4', 'under a prescriber whose register could not be read', breaks('appointment_register_read'), {
    before: async (trx, t, lawful) => {
      const prescriber = await shortLived(trx, t, 'doctor', 90, 0);
      await supervise(trx, t.injector, prescriber, { days: 90 });
      const made = await newChain(trx, t, { prescriber });
      await passTime(trx, days(lawful ? 7 : 9));
      return made;
    },
    attack: (t, made) => treatment(t, made, {}, { at: t.soon.add(days(10)) }),
  }),
  attack('L4', 'a register that said no, and yes the day after', breaks('appointment_register_read'), {
    before: async (trx, t, lawful) => {
      const who = await shortLived(trx, t, 'doctor', 90);
      const { id } = await trx
        .selectFrom('credential')
        .select('id')
        .where('practitioner_id', '=', who.id)
        .where('kind', '=', 'registration')
        .executeTakeFirstOrThrow();
      const check = (result: string) =>
        insert('credential_check', {
          credential_id: id,
          checked_by: t.reviewers[0].accountId,
          source: 'The register',
          method: 'register_page',
          result,
          next_due_on: sql`app_now()::date + 7`,
        }).execute(trx);
      if (!lawful) await check('not_confirmed');
      await passTime(trx, days(1));
      await check('confirmed');
      return who;
    },
    attack: (t, who) => consultation(t, { who, at: t.soon.add(days(10)) }),
  }),
  attack('L4', 'a gap between two approvals', unproven('appointment_capability'), {
    before: async (trx, t, lawful) => {
      const who = await shortLived(trx, t, 'doctor', lawful ? 20 : 2);
      await passTime(trx, days(3));
      return who;
    },
    attack: (t, who) => consultation(t, { who, at: t.soon.add(days(3)) }),
  }),
];

const registerRead = (t: Stage, credentialId: string, page: string) =>
  insert('credential_check', {
    credential_id: credentialId,
    checked_by: t.reviewers[0].accountId,
    source: 'The register',
    source_url: page,
    method: 'register_page',
    result: 'confirmed',
    next_due_on: sql`app_now()::date + 7`,
  });
const caseOf = (who: { id: string; accountId: string }, state: string) =>
  insert('vetting_case', {
    practitioner_id: who.id,
    subject_account_id: who.accountId,
    jurisdiction: 'england',
    state,
  });
