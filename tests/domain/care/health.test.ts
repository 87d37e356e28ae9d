import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { answerHealthQuestions } from '#lib/server/domain/care/answer-health-questions.ts';
import { confirmConsent } from '#lib/server/domain/care/confirm-consent.ts';
import { confirmHealth } from '#lib/server/domain/care/confirm-health.ts';
import { decideHealthChange } from '#lib/server/domain/care/decide-health-change.ts';
import { QUESTIONNAIRES, questionsOf, raisedBy } from '#lib/server/domain/care/health-questions.ts';
import { readMyHealth } from '#lib/server/domain/care/health-reads.ts';
import { issuePrescription } from '#lib/server/domain/care/issue-prescription.ts';
import { keepHealthDraft } from '#lib/server/domain/care/keep-health-draft.ts';
import { readMyCare } from '#lib/server/domain/care/my-care.ts';
import { publishQuestionnaires } from '#lib/server/domain/care/publish-questionnaires.ts';
import { receiveVial } from '#lib/server/domain/care/receive-vial.ts';
import { signConsultation } from '#lib/server/domain/care/sign-consultation.ts';
import { startTreatment } from '#lib/server/domain/care/start-treatment.ts';
import { startVisit } from '#lib/server/domain/care/start-visit.ts';
import { takeHealthAnswers } from '#lib/server/domain/care/take-health-answers.ts';
import { takeHealthConfirmation } from '#lib/server/domain/care/take-health-confirmation.ts';
import {
  readConsultation,
  readPrescriptionPage,
  readTreatmentPage,
} from '#lib/server/domain/care/visit-reads.ts';
import type { Refusal } from '#lib/server/domain/shared/refusal.ts';
import { later, passTime } from '../../builders/act.ts';
import {
  answerHealth,
  bookTreatment,
  consulted,
  giveConsent,
  prescribe,
  type Treatment,
} from '../../builders/care.ts';
import { patient } from '../../builders/people.ts';
import { book } from '../../builders/visits.ts';
import { as, draft, eventsOf, expectRefusal, openWorld, REACHABLE, stateOf, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

const given = (answers: Record<string, string>) => ({
  answers: { version: '2', ...answers },
  lastTreatedElsewhereOn: null,
});

/** In the chair of the prescriber, these answers taken there. */
async function inTheChair(answers: Record<string, string>) {
  const { owner, db, town } = world;
  await passTime(owner, { hours: 2 });
  const visit = await book(owner, {
    kind: 'consultation',
    patient: await patient(owner),
    who: town.prescriber,
    where: town.leeds,
  });
  const [me, at] = [as(visit.who), { appointmentId: visit.id }];
  await startVisit(db, me, at);
  await takeHealthAnswers(db, me, { ...at, ...given(answers) });
  const { health } = await readConsultation(db, me, visit.id);
  return { visit, me, at, healthAnswersId: health!.id, health: health! };
}

/** A treatment in three days, the vial to be received on the day. */
async function treatmentToCome(productCode = 'botox'): Promise<Treatment> {
  const { owner, town } = world;
  await passTime(owner, { hours: 3 });
  const consultation = await consulted(owner, {
    patient: await patient(owner),
    prescriber: town.prescriber,
    where: town.leeds,
  });
  const prescription = await prescribe(owner, consultation, { injector: town.injector, productCode });
  return bookTreatment(owner, await giveConsent(owner, prescription), await later(owner, { hours: 72 }));
}

const newestOf = async ({ patient: { id } }: { patient: { id: string } }) =>
  (
    await world.owner
      .selectFrom('health_answers')
      .where('patient_id', '=', id)
      .orderBy('version', 'desc')
      .select('id')
      .executeTakeFirstOrThrow()
  ).id;

describe('what answers say', () => {
  it('is the same in the database and in the words on the page, answer by answer', async () => {
    const who = await patient(world.owner);
    const all = QUESTIONNAIRES.flatMap((one) =>
      questionsOf(one).flatMap(({ code, ifYesTo, options = [] }) =>
        options.map(({ value }) => ({
          version: one.version,
          ...(ifYesTo !== undefined && { [ifYesTo]: 'yes' }),
          [code]: value,
        })),
      ),
    );
    for (const answers of all) {
      const id = await answerHealth(world.owner, who, { answers });
      const { rows } = await sql<{ code: string; severity: string }>`
        SELECT code, severity FROM health_findings(${id}, NULL) ORDER BY code`.execute(world.owner);
      const said = raisedBy(answers).map(({ finding, severity }) => ({ code: finding, severity }));
      expect([answers, rows]).toEqual([answers, said.toSorted((a, b) => a.code.localeCompare(b.code))]);
    }
    expect(all.length).toBeGreaterThan(60);
  });

  it('is never published in other words under the same version', async () => {
    await world.owner.transaction().execute(publishQuestionnaires);
    await expect(
      world.owner.transaction().execute(async (trx) => {
        await sql`ALTER TABLE questionnaire DISABLE TRIGGER USER`.execute(trx);
        await sql`UPDATE questionnaire SET sections = '[]' WHERE version = '2'`.execute(trx);
        await publishQuestionnaires(trx);
      }),
    ).rejects.toThrow('published in other words');
  });
});

describe('the consultation', () => {
  it('shows what each answer raises, by code and weight, and asks for a word on it', async () => {
    const { me, at, healthAnswersId, health } = await inTheChair({
      blood_thinners: 'yes',
      looks_worry: 'unsure',
    });
    expect(health.lines.filter(({ raises }) => raises.length > 0)).toMatchObject([
      { code: 'blood_thinners', answer: 'Yes', raises: [{ finding: 'bleeding', weight: 'Take care' }] },
      { code: 'looks_worry', answer: 'Not sure', raises: [{ finding: 'body_image', severity: 'relative' }] },
    ]);
    const refusal = await signConsultation(world.db, me, {
      ...at,
      draft: draft({ healthAnswersId }),
    }).catch((error: unknown) => error as Refusal);
    expect(refusal).toMatchObject({
      code: 'finding_not_judged',
      details: {
        errors: {
          'contra-bleeding-present': 'The patient answered “Yes”: say whether it is so',
          'contra-body_image-present': 'The patient answered “Not sure”: say whether it is so',
        },
      },
    });
    const findings = [
      { code: 'bleeding', severity: 'caution', present: true, note: 'Aspirin' },
      { code: 'body_image', severity: 'relative', present: false, note: 'We talked' },
    ] as const;
    await signConsultation(world.db, me, { ...at, draft: draft({ healthAnswersId, findings }) });
    expect(await stateOf(world, at.appointmentId)).toBe('completed');
  });

  it('cannot come to suitable while an answer rules it out; the answer is put right, or it is not now', async () => {
    const { me, at, healthAnswersId } = await inTheChair({ pregnant: 'yes' });
    const found = { code: 'pregnancy', severity: 'absolute', present: false, note: 'Test negative' } as const;
    const wanted = draft({ healthAnswersId, findings: [found] });
    await expectRefusal(signConsultation(world.db, me, { ...at, draft: wanted }), 'answers_rule_out');
    await takeHealthAnswers(world.db, me, { ...at, ...given({ pregnant: 'unsure' }) });
    const again = (await readConsultation(world.db, me, at.appointmentId)).health!.id;
    await signConsultation(world.db, me, { ...at, draft: { ...wanted, healthAnswersId: again } });

    const other = await inTheChair({ pregnant: 'yes' });
    await signConsultation(world.db, other.me, {
      ...other.at,
      draft: draft({ healthAnswersId: other.healthAnswersId, outcome: 'defer' }),
    });
    expect(await stateOf(world, other.at.appointmentId)).toBe('completed');
  });

  it('leaves out products of one substance for an allergy to milk protein, unless the prescriber found none', async () => {
    const offered = async (present: boolean) => {
      const { me, at, healthAnswersId } = await inTheChair({ cows_milk: 'unsure' });
      const findings = [{ code: 'cows_milk_allergy', severity: 'caution', present, note: '' }] as const;
      await signConsultation(world.db, me, { ...at, draft: draft({ healthAnswersId, findings }) });
      const { products } = await readPrescriptionPage(world.db, me, at.appointmentId);
      return { me, at, ruledOut: products.filter(({ isRuledOut }) => isRuledOut).map(({ code }) => code) };
    };
    expect((await offered(false)).ruledOut).toEqual([]);
    const { me, at, ruledOut } = await offered(true);
    expect(ruledOut).toEqual(['alluzience', 'azzalure']);
    const order = {
      ...at,
      injectorId: world.town.prescriber.id,
      productCode: 'alluzience',
      doseUnits: 20,
      topUpUnits: 0,
      regions: ['frown_lines'],
      validDays: 30,
      directions: '',
      unchangedRequested: false,
    };
    await expectRefusal(issuePrescription(world.db, me, order), 'product_ruled_out');
  });
});

describe('answers on the way', () => {
  it('are kept as they were typed, read by the patient alone, and gone once they are given', async () => {
    const { db, owner } = world;
    const who = await patient(owner);
    const me = as(who);
    expect(await readMyHealth(db, me)).toMatchObject({ kept: null, answersId: null, confirm: null });
    await keepHealthDraft(db, me, { pregnant: 'no' });
    await keepHealthDraft(db, me, { pregnant: 'no', more: 'A scar', 'lastTreatedElsewhereOn-day': '3' });
    const kept = await readMyHealth(db, me);
    expect(kept.kept).not.toBeNull();
    expect(kept.given).toEqual({ pregnant: 'no', more: 'A scar', 'lastTreatedElsewhereOn-day': '3' });
    await expectRefusal(keepHealthDraft(db, as(world.town.reviewers[0]), {}), 'not_found');

    await answerHealthQuestions(db, me, given({ pregnant: 'no' }));
    const after = await readMyHealth(db, me);
    expect(after).toMatchObject({ kept: null, given: { pregnant: 'no' } });
    expect(after.questionnaire.version).toBe('2');
  });
});

describe('before a treatment', () => {
  it('the patient says once more that the answers hold: not days before, and for the newest alone', async () => {
    const { db, owner } = world;
    const treatment = await treatmentToCome();
    const [me, at] = [as(treatment.patient), { appointmentId: treatment.id }];
    const said = async () => ({ ...at, healthAnswersId: await newestOf(treatment) });
    const roadStep = async () =>
      (await readMyCare(db, me)).roads[0]!.steps.find(({ title }) => title.includes('once more'))?.state;
    expect((await readMyHealth(db, me)).confirm).toMatchObject({ isOpen: false, isConfirmed: false });
    expect(await roadStep()).toBe('not_yet');
    await expectRefusal(confirmHealth(db, me, await said()), 'too_early');

    await passTime(owner, { hours: 72 });
    expect((await readMyHealth(db, me)).confirm).toMatchObject({ isOpen: true, isConfirmed: false });
    expect(await roadStep()).toBe('ready');
    const injector = as(treatment.who);
    await receiveVial(db, injector, {
      ...at,
      custody: 'dispensed',
      batch: 'C7431A',
      expiresOn: '2099-01-01',
      units: 50,
    });
    await confirmConsent(db, injector, at);
    // Who treats hears only whose move it is.
    await expectRefusal(startTreatment(db, injector, at), 'health_not_confirmed');
    const page = await readTreatmentPage(db, injector, treatment.id);
    expect(page.health).toMatchObject({ isOpen: true, isConfirmed: false, said: null });
    expect(page.steps.find(({ code }) => code === 'answers')?.whose).toBe('The patient’s');

    await expectRefusal(
      confirmHealth(db, me, { ...at, healthAnswersId: '00000000-0000-7000-8000-000000000000' }),
      'answers_changed',
    );
    await expectRefusal(confirmHealth(db, as(await patient(owner)), await said()), 'answers_changed');
    // The same answers given again say so too.
    const { given: before } = await readMyHealth(db, me);
    const { answers } = {
      answers: Object.fromEntries(Object.entries(before).filter(([name]) => !name.startsWith('lastTreated'))),
    };
    await answerHealthQuestions(db, me, { answers, lastTreatedElsewhereOn: null });
    expect((await readMyHealth(db, me)).confirm).toMatchObject({ isConfirmed: true });
    await confirmHealth(db, me, await said());
    expect(await eventsOf(world, treatment.id)).toContain('health_answers.confirmed');
    expect(await roadStep()).toBe('done');
    await startTreatment(db, injector, { ...at, ...REACHABLE });
    expect(await stateOf(world, treatment.id)).toBe('started');
    await expectRefusal(confirmHealth(db, me, await said()), 'not_now');
  });

  it('may say so to who treats, who learns nothing else', async () => {
    const { db, owner, town } = world;
    const treatment = await treatmentToCome();
    await passTime(owner, { hours: 71, minutes: 30 });
    const at = { appointmentId: treatment.id };
    await expectRefusal(takeHealthConfirmation(db, as(town.prescriber), at), 'not_found');
    await takeHealthConfirmation(db, as(treatment.who), at);
    const { health } = await readTreatmentPage(db, as(treatment.who), treatment.id);
    expect(health).toMatchObject({ isConfirmed: true });
    expect(health?.said).not.toBeNull();
  });

  it('a changed answer shuts it again until the prescriber decides; what rules it out stays ruled out', async () => {
    const { db, owner, town } = world;
    const treatment = await treatmentToCome('azzalure');
    await passTime(owner, { hours: 71, minutes: 30 });
    const [me, injector, at] = [as(treatment.patient), as(treatment.who), { appointmentId: treatment.id }];
    await confirmHealth(db, me, { ...at, healthAnswersId: await newestOf(treatment) });
    const decide = async (decision: 'may_proceed' | 'may_not_proceed') =>
      decideHealthChange(db, as(town.prescriber), {
        healthAnswersId: await newestOf(treatment),
        decision,
        reason: 'Read and discussed.',
      });
    const open = async () => {
      const { steps } = await readTreatmentPage(db, as(town.prescriber), treatment.id);
      return steps.find(({ code }) => code === 'answers')!;
    };

    await answerHealthQuestions(db, me, given({ breastfeeding: 'yes' }));
    await expectRefusal(decide('may_proceed'), 'answers_rule_out');
    await decide('may_not_proceed');
    await expectRefusal(startTreatment(db, injector, at), 'prescriber_review_needed');

    await answerHealthQuestions(db, me, given({ cows_milk: 'yes' }));
    await decide('may_proceed');
    // Another product could go on; this one cannot, and the injector does not read why.
    expect(await open()).toMatchObject({ state: 'not_yet', why: 'A health answer rules this product out.' });
    await expectRefusal(startTreatment(db, injector, at), 'prescriber_review_needed');

    await answerHealthQuestions(db, me, given({ cows_milk: 'no' }));
    await decide('may_proceed');
    expect(await open()).toMatchObject({ state: 'done' });
  });
});
