import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { confirmConsent } from '#lib/server/domain/care/confirm-consent.ts';
import { CONSENT_FORMS, consentFormOn } from '#lib/server/domain/care/consent-forms.ts';
import { giveConsent } from '#lib/server/domain/care/give-consent.ts';
import { readConsentForm, readConsentPage, readMyCare } from '#lib/server/domain/care/my-care.ts';
import { consentForm } from '#lib/server/domain/care/patient-input.ts';
import { publishConsentForms } from '#lib/server/domain/care/publish-consent-forms.ts';
import { RISKS } from '#lib/server/domain/care/risks.ts';
import { readDeskConsents, readPaperConsent } from '#lib/server/domain/care/paper-reads.ts';
import { startTreatment } from '#lib/server/domain/care/start-treatment.ts';
import { takeBackPaperConsent } from '#lib/server/domain/care/take-back-paper-consent.ts';
import { takePaperConsent } from '#lib/server/domain/care/take-paper-consent.ts';
import { withdrawConsent } from '#lib/server/domain/care/withdraw-consent.ts';
import { JURISDICTIONS } from '#lib/server/domain/policy/codes.ts';
import { evaluatePolicy } from '#lib/server/domain/policy/evaluate.ts';
import { POLICY_ROWS } from '#lib/server/domain/policy/rows.ts';
import { acting, later, passTime } from '../../builders/act.ts';
import { bookTreatment, confirmHealth, consulted, everyItem, prescribe } from '../../builders/care.ts';
import { clinicMember, patient } from '../../builders/people.ts';
import { as, expectRefusal, openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

/** Somebody for whom it was prescribed a moment ago. */
async function prescribed() {
  const { owner, town } = world;
  await passTime(owner, { hours: 2 });
  const consultation = await consulted(owner, {
    patient: await patient(owner),
    prescriber: town.prescriber,
    where: town.leeds,
  });
  const prescription = await prescribe(owner, consultation, { injector: town.injector });
  const me = as(consultation.visit.patient);
  return { prescription, me, of: { prescriptionId: prescription.id }, who: consultation.visit.patient };
}

describe('the forms', () => {
  it('never change once they were asked: another word is another version', () => {
    const hashes = CONSENT_FORMS.map(({ code, ...rest }) => [
      code,
      createHash('sha256').update(JSON.stringify(rest)).digest('hex').slice(0, 16),
    ]);
    expect(Object.fromEntries(hashes)).toMatchInlineSnapshot(`
      {
        "california-en-2": "7379cb37bc06596f",
        "england-en-2": "b67afcc4e70aaac4",
        "ireland-en-2": "fee5440e153f2bda",
        "ontario-en-2": "6295172d28a9d152",
        "queensland-en-2": "551a6b1bedb706de",
        "scotland-en-2": "c62b417fbbf58713",
        "texas-en-2": "674c8353c31bf214",
      }
    `);
  });

  it('exist in every place, name each risk on its own, and say what its law says', () => {
    for (const jurisdiction of JURISDICTIONS) {
      const { items } = consentFormOn(jurisdiction, '2026-11-29');
      const codes = items.map(({ code }) => code);
      expect(new Set(codes).size).toBe(codes.length);
      expect(codes).toEqual(expect.arrayContaining(RISKS.map(({ code }) => `risk_${code}`)));
      const policy = evaluatePolicy(POLICY_ROWS, jurisdiction, Temporal.PlainDate.from('2026-11-29'));
      const text = (code: string) => items.find((item) => item.code === code)!.text;
      expect(text('whom_to_call')).toContain(policy.emergency_number);
      expect(text('time_to_think')).toContain(`${policy.cooling_off_hours_first_or_changed} hours`);
    }
    expect(() => consentFormOn('england', '2026-11-29', 'xx')).toThrow('no consent form in xx');
  });

  it('are never published in other words under the same version', async () => {
    await world.owner.transaction().execute(publishConsentForms);
    await expect(
      world.owner.transaction().execute(async (trx) => {
        await sql`ALTER TABLE consent_form DISABLE TRIGGER USER`.execute(trx);
        await sql`UPDATE consent_form SET items = '[{"code":"cost"}]' WHERE jurisdiction = 'england'`.execute(
          trx,
        );
        await publishConsentForms(trx);
      }),
    ).rejects.toThrow('published in other words');
  });

  it('want every item ticked, and keep who carried the words over', () => {
    const form = consentFormOn('england', '2026-11-29');
    const all = Object.fromEntries(form.items.map(({ code }) => [code, 'yes']));
    const { cost: _cost, ...most } = all;
    const open = consentForm(form).safeParse(most);
    expect(open.error?.issues.map(({ path }) => path[0])).toEqual(['cost']);
    expect(consentForm(form).parse({ ...all, interpreter: ' Ana Ruiz, Spanish ', formCode: 'x' })).toEqual({
      formCode: 'x',
      interpreter: 'Ana Ruiz, Spanish',
      items: form.items.map(({ code }) => code),
    });
  });
});

describe('consent on paper', () => {
  const scan = () => new File(['%PDF-1.7 signed'], 'C:\\scans\\signed form.pdf');

  it('is taken in at the desk, counts like the other, and is known to be on paper', async () => {
    const { db, owner, town } = world;
    const { me, of, who, prescription } = await prescribed();
    const desk = as(await clinicMember(owner, town.leeds));
    const today = (await later(owner)).toString().slice(0, 10);
    const said = {
      ...of,
      file: scan(),
      witnessName: 'Joan Marsh',
      signedOn: today,
      interpreter: 'Ana Ruiz, Spanish',
    };
    expect((await readDeskConsents(db, desk)).awaited.map(({ prescriptionId }) => prescriptionId)).toContain(
      prescription.id,
    );
    for (const stranger of [me, as(town.prescriber), as(await clinicMember(owner, town.elPaso))])
      await expectRefusal(takePaperConsent(db, stranger, said), 'not_found');
    await expectRefusal(
      takePaperConsent(db, desk, { ...said, file: new File(['<html>'], 'a.pdf') }),
      'evidence_unreadable',
    );
    await expectRefusal(takePaperConsent(db, desk, { ...said, signedOn: '2999-01-01' }), 'paper_signed_on');

    await takePaperConsent(db, desk, said);
    await expectRefusal(takePaperConsent(db, desk, said), 'already_written');
    const { onPaper } = await readDeskConsents(db, desk);
    expect(onPaper.find(({ prescriptionId }) => prescriptionId === prescription.id)).toMatchObject({
      witnessName: 'Joan Marsh',
    });
    const page = await readConsentPage(db, me, prescription.id);
    expect(page.prescription).toMatchObject({
      consentGiven: true,
      consentComplete: true,
      consentOnPaper: true,
    });
    const { rows } = await sql<{
      id: string;
    }>`SELECT id FROM consent WHERE prescription_id = ${prescription.id}`.execute(owner);
    const treatment = await bookTreatment(
      owner,
      { id: rows[0]!.id, prescription },
      await later(owner, { hours: 50 }),
    );

    for (const reader of [me, as(town.prescriber), as(town.injector)])
      expect(await readPaperConsent(db, reader, prescription.id)).toMatchObject({
        name: 'signed form.pdf',
        type: 'application/pdf',
      });
    for (const stranger of [as(await patient(owner)), as(town.otherPrescriber), desk])
      await expectRefusal(readPaperConsent(db, stranger, prescription.id), 'not_found');

    await expectRefusal(takeBackPaperConsent(db, as(town.prescriber), of), 'not_found');
    await takeBackPaperConsent(db, desk, of);
    const { state } = await owner
      .selectFrom('appointment')
      .where('id', '=', treatment.id)
      .select('state')
      .executeTakeFirstOrThrow();
    expect(state).toBe('cancelled');
    await expectRefusal(takeBackPaperConsent(db, desk, of), 'not_found');
    // From now on the account may agree as well.
    await giveConsent(db, as(who), { ...of, ...everyItem('england') });
  });

  it('is witnessed by somebody who does not inject', async () => {
    const { db, owner, town } = world;
    const { of } = await prescribed();
    const desk = as(await clinicMember(owner, town.leeds));
    const { display_name: name } = await owner
      .selectFrom('practitioner')
      .where('id', '=', town.injector.id)
      .select('display_name')
      .executeTakeFirstOrThrow();
    const said = {
      ...of,
      file: scan(),
      witnessName: name,
      signedOn: (await later(owner)).toString().slice(0, 10),
      interpreter: '',
    };
    await expectRefusal(takePaperConsent(db, desk, said), 'witness_injects');
  });
});

describe('consent', () => {
  it('is given item by item, on the form that was read, and kept in its words', async () => {
    const { db } = world;
    const { me, of } = await prescribed();
    const all = everyItem('england');
    expect((await readConsentForm(db, me, of.prescriptionId)).code).toBe(all.formCode);
    await expectRefusal(
      giveConsent(db, me, { ...of, ...all, formCode: 'england-en-1' }),
      'consent_form_changed',
    );
    await expectRefusal(
      giveConsent(db, me, { ...of, ...all, items: all.items.filter((code) => code !== 'risk_spread') }),
      'consent_incomplete',
    );
    await expectRefusal(giveConsent(db, as(world.town.prescriber), { ...of, ...all }), 'not_found');

    await giveConsent(db, me, { ...of, ...all, interpreter: 'Ana Ruiz, Spanish' });
    await giveConsent(db, me, { ...of, ...all });
    const page = await readConsentPage(db, me, of.prescriptionId);
    expect(page.prescription).toMatchObject({ consentGiven: true, consentComplete: true });
    expect(page.said.map(({ code }) => code)).toEqual(all.items);
    expect(page.said[1]).toMatchObject({ title: RISKS[0]!.title, text: RISKS[0]!.text });

    await withdrawConsent(db, me, of);
    await giveConsent(db, me, { ...of, ...all });
    expect((await readConsentPage(db, me, of.prescriptionId)).said.length).toBe(all.items.length);
  });

  it('to an older form is asked again before anything is booked or begun, and goes on from there', async () => {
    const { db, owner, town } = world;
    const { me, of, who, prescription } = await prescribed();
    const { id } = await acting(owner, who, (trx) =>
      trx
        .insertInto('consent')
        .values({
          prescription_id: prescription.id,
          patient_id: who.id,
          injector_id: town.injector.id,
          text_version: '1',
          items: ['understood', 'own_choice', 'may_stop', 'named_injector'],
        })
        .returning('id')
        .executeTakeFirstOrThrow(),
    );
    const start = await later(owner, { hours: 50 });
    await expect(
      owner.transaction().execute((trx) => bookTreatment(trx, { id, prescription }, start)),
    ).rejects.toMatchObject({
      constraint: 'treatment_consent_complete',
    });
    const steps = (await readMyCare(db, me)).roads[0]!.steps;
    expect(steps.find(({ title }) => title === 'Your consent')).toMatchObject({
      state: 'ready',
      action: { text: 'Read it again and decide' },
    });
    expect(await readConsentPage(db, me, of.prescriptionId)).toMatchObject({
      prescription: { consentGiven: true, consentComplete: false },
      said: [],
    });

    await giveConsent(db, me, { ...of, ...everyItem('england') });
    const treatment = await bookTreatment(owner, { id, prescription }, start);
    await passTime(owner, { hours: 50 });

    // A form that says the same in better words changes nothing; one that says more is read again.
    const newForm = (version: number, material: number) =>
      sql`INSERT INTO consent_form (code, jurisdiction, language, version, material, asked_from, items)
        VALUES (${`england-en-${version}`}, 'england', 'en', ${version}, ${material}, app_now()::date, '[{"code":"more"}]')`.execute(
        owner,
      );
    await newForm(3, 2);
    await confirmHealth(owner, treatment);
    await confirmConsent(db, as(town.injector), { appointmentId: treatment.id });
    const stepOf = async () => {
      const [road] = (await readMyCare(db, me)).roads;
      return road!.steps.find(({ title }) => title === 'Your consent')?.state;
    };
    expect(await stepOf()).toBe('done');
    await newForm(4, 3);
    expect(await stepOf()).toBe('ready');
    await expectRefusal(
      startTreatment(db, as(town.injector), { appointmentId: treatment.id }),
      'consent_asked_again',
    );
  });
});
