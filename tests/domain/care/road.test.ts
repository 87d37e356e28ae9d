import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { addAddendum } from '#lib/server/domain/care/add-addendum.ts';
import { cancelPrescription } from '#lib/server/domain/care/cancel-prescription.ts';
import { confirmConsent } from '#lib/server/domain/care/confirm-consent.ts';
import { decideHealthChange } from '#lib/server/domain/care/decide-health-change.ts';
import { readEarlyTimes } from '#lib/server/domain/care/early-times.ts';
import { issuePrescription } from '#lib/server/domain/care/issue-prescription.ts';
import { overrideInterval } from '#lib/server/domain/care/override-interval.ts';
import { receiveVial } from '#lib/server/domain/care/receive-vial.ts';
import { reviewVisitForm } from '#lib/server/domain/care/input.ts';
import { readMyVisit } from '#lib/server/domain/care/my-care.ts';
import { readPrescriptionPage, readReviewVisit } from '#lib/server/domain/care/visit-reads.ts';
import { recordReviewVisit } from '#lib/server/domain/care/record-review-visit.ts';
import { signTreatment } from '#lib/server/domain/care/record-treatment.ts';
import { RISKS } from '#lib/server/domain/care/risks.ts';
import { signConsultation } from '#lib/server/domain/care/sign-consultation.ts';
import { startTreatment } from '#lib/server/domain/care/start-treatment.ts';
import { startVisit } from '#lib/server/domain/care/start-visit.ts';
import { takeHealthAnswers } from '#lib/server/domain/care/take-health-answers.ts';
import { isRefusal, type Refusal } from '#lib/server/domain/shared/refusal.ts';
import { freeSlots } from '#lib/server/domain/availability/reads.ts';
import { later, passTime } from '../../builders/act.ts';
import {
  answerHealth,
  bookTreatment,
  conclude,
  confirmHealth,
  consulted,
  consulting,
  giveConsent,
  prescribe,
  type Treatment,
} from '../../builders/care.ts';
import { patient } from '../../builders/people.ts';
import { book } from '../../builders/visits.ts';
import {
  as,
  draft,
  eventsOf,
  expectRefusal,
  given,
  openWorld,
  REACHABLE,
  stateOf,
  type World,
} from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

/** A confirmed visit of a new patient, now. */
async function visitNow(kind: 'consultation' | 'follow_up' = 'consultation') {
  const { owner, town } = world;
  await passTime(owner, { hours: 2 });
  return book(owner, { kind, patient: await patient(owner), who: town.prescriber, where: town.leeds });
}

/** A treatment that may start in a moment: all is in place but the vial and the consent on the day. */
async function treatmentSoon({ injector = world.town.prescriber, topUpUnits = 0 } = {}): Promise<Treatment> {
  const { owner, town } = world;
  await passTime(owner, { hours: 2 });
  const consultation = await consulted(owner, {
    patient: await patient(owner),
    prescriber: town.prescriber,
    where: town.leeds,
  });
  const prescription = await prescribe(owner, consultation, { injector, topUpUnits });
  const consent = await giveConsent(owner, prescription);
  await passTime(owner, { hours: 50 });
  const treatment = await bookTreatment(owner, consent, await later(owner, { minutes: 10 }));
  await confirmHealth(owner, treatment);
  return treatment;
}

const vial = { custody: 'dispensed', batch: 'C7431A', expiresOn: '2099-01-01', units: 50 } as const;

/** The vial is there, consent is confirmed, and it begins. */
async function begin(treatment: Treatment): Promise<void> {
  const visit = { appointmentId: treatment.id };
  await receiveVial(world.db, as(treatment.who), { ...visit, ...vial });
  await confirmConsent(world.db, as(treatment.who), visit);
  await startTreatment(world.db, as(treatment.who), { ...visit, ...REACHABLE });
}

const plannedVial = async ({ id }: Treatment) =>
  (
    await world.owner
      .selectFrom('planned_vial')
      .select('vial_id')
      .where('appointment_id', '=', id)
      .executeTakeFirstOrThrow()
  ).vial_id;

const prescriptionState = async ({ prescription }: Treatment) =>
  (
    await world.owner
      .selectFrom('prescription')
      .select('state')
      .where('id', '=', prescription.id)
      .executeTakeFirstOrThrow()
  ).state;

describe('the consultation', () => {
  it('goes from the chair to the signature', async () => {
    const visit = await visitNow();
    const me = as(visit.who);
    const at = { appointmentId: visit.id };
    await expectRefusal(signConsultation(world.db, me, { ...at, draft: draft() }), 'visit_not_begun');
    await startVisit(world.db, me, at);
    await takeHealthAnswers(world.db, me, {
      ...at,
      answers: { pregnant: 'no' },
      lastTreatedElsewhereOn: null,
    });
    const { id: healthAnswersId, answered_by } = await world.owner
      .selectFrom('health_answers')
      .selectAll()
      .where('patient_id', '=', visit.patient.id)
      .executeTakeFirstOrThrow();
    expect(answered_by).toBe(visit.who.accountId);

    await signConsultation(world.db, me, { ...at, draft: draft({ healthAnswersId }) });
    expect(await stateOf(world, visit.id)).toBe('completed');
    expect(await eventsOf(world, visit.id)).toEqual([
      'appointment.arrived',
      'appointment.started',
      'consultation.signed',
      'appointment.completed',
    ]);
    await expectRefusal(signConsultation(world.db, me, { ...at, draft: draft() }), 'already_signed');
    await addAddendum(world.db, me, { ...at, kind: 'note', text: 'Brought a list.' });
  });

  it('names every gap, and keeps what was written', async () => {
    const visit = await visitNow();
    const me = as(visit.who);
    const at = { appointmentId: visit.id };
    await startVisit(world.db, me, at);
    const unfinished = draft({
      chaperone: '',
      examination: '',
      questions: [{ question: 'And if I do nothing?', answer: '' }],
      risksAcknowledged: [],
      findings: [{ code: 'pregnancy', severity: 'absolute', present: true, note: 'Twelve weeks' }],
    });
    const refusal = await signConsultation(world.db, me, { ...at, draft: unfinished }).catch(
      (error: unknown) => error,
    );
    expect(isRefusal(refusal, 'suitable_incomplete')).toBe(true);
    const { errors } = (refusal as Refusal).details as { errors: Record<string, string> };
    expect(Object.keys(errors).toSorted()).toEqual(
      [
        'healthAnswersId',
        'chaperone',
        'examination',
        'question-0-answer',
        'contra-pregnancy-present',
        ...RISKS.map(({ code }) => `risk-${code}`),
      ].toSorted(),
    );
    const kept = await world.owner
      .selectFrom('consultation_record as c')
      .innerJoin('consultation_finding as f', 'f.consultation_id', 'c.id')
      .where('c.appointment_id', '=', visit.id)
      .select(['c.state', 'c.plan', 'f.note'])
      .executeTakeFirstOrThrow();
    expect(kept).toEqual({ state: 'draft', plan: 'Soften', note: 'Twelve weeks' });

    await signConsultation(world.db, me, { ...at, draft: { ...unfinished, outcome: 'defer' } });
    await expectRefusal(
      issuePrescription(world.db, me, prescription(visit.id, visit.who.id)),
      'consultation_missing',
    );
  });

  it('does not exist for another practitioner', async () => {
    const visit = await visitNow();
    const stranger = as(world.town.otherPrescriber);
    await expectRefusal(startVisit(world.db, stranger, { appointmentId: visit.id }), 'not_found');
    await expectRefusal(startVisit(world.db, as(visit.patient), { appointmentId: visit.id }), 'not_found');
  });

  it('is not signed over newer answers', async () => {
    const visit = await visitNow();
    await startVisit(world.db, as(visit.who), { appointmentId: visit.id });
    const healthAnswersId = await answerHealth(world.owner, visit.patient);
    await answerHealth(world.owner, visit.patient, { answers: { pregnant: 'unsure' } });
    await expectRefusal(
      signConsultation(world.db, as(visit.who), {
        appointmentId: visit.id,
        draft: draft({ healthAnswersId }),
      }),
      'answers_changed',
    );
  });
});

function prescription(appointmentId: string, injectorId: string) {
  return {
    appointmentId,
    injectorId,
    productCode: 'botox',
    doseUnits: 20,
    topUpUnits: 4,
    regions: ['frown_lines'],
    validDays: 84,
    directions: '',
    unchangedRequested: false,
  };
}

describe('the prescription', () => {
  it('names one patient and one injector, and is taken back with what hangs on it', async () => {
    const { db, owner, town } = world;
    await passTime(owner, { hours: 2 });
    const { visit } = await consulted(owner, {
      patient: await patient(owner),
      prescriber: town.prescriber,
      where: town.leeds,
    });
    const me = as(visit.who);
    const wanted = prescription(visit.id, town.injector.id);
    await expectRefusal(
      issuePrescription(db, me, { ...wanted, injectorId: town.loneInjector.id }),
      'injector_not_permitted',
    );
    await expectRefusal(
      issuePrescription(db, me, { ...wanted, productCode: 'unheard_of' }),
      'product_not_licensed',
    );
    await expectRefusal(issuePrescription(db, me, { ...wanted, validDays: 366 }), 'prescription_too_long');
    await expectRefusal(issuePrescription(db, as(town.injector), wanted), 'not_found');
    const prescriptionId = await issuePrescription(db, me, wanted);

    await expectRefusal(
      cancelPrescription(db, as(town.injector), { prescriptionId, reason: 'Mine' }),
      'not_found',
    );
    await cancelPrescription(db, me, { prescriptionId, reason: 'Other dose' });
    await expectRefusal(cancelPrescription(db, me, { prescriptionId, reason: 'Again' }), 'not_now');
  });

  it('ends the treatment that was booked on it', async () => {
    const treatment = await treatmentSoon();
    await cancelPrescription(world.db, as(treatment.who), {
      prescriptionId: treatment.prescription.id,
      reason: 'New findings',
    });
    expect(await stateOf(world, treatment.id)).toBe('cancelled');
    expect(await eventsOf(world, treatment.id)).toEqual(['appointment.cancelled']);
  });
});

describe('the treatment', () => {
  it('starts only when vial and consent of the day are there, and ends with the signature', async () => {
    const treatment = await treatmentSoon();
    const me = as(treatment.who);
    const at = { appointmentId: treatment.id };
    await expectRefusal(startTreatment(world.db, me, at), 'vial_missing');
    await receiveVial(world.db, me, { ...at, ...vial });
    await expectRefusal(startTreatment(world.db, me, at), 'consent_not_confirmed_today');
    await expectRefusal(confirmConsent(world.db, as(treatment.patient), at), 'not_found');
    await confirmConsent(world.db, me, at);
    await startTreatment(world.db, me, at);
    await signTreatment(world.db, me, {
      ...at,
      draft: given({ vialId: await plannedVial(treatment) }),
      reasons: {},
    });
    expect(await stateOf(world, treatment.id)).toBe('completed');
    expect(await prescriptionState(treatment)).toBe('used');
    expect((await eventsOf(world, treatment.id)).slice(-2)).toEqual([
      'treatment.signed',
      'appointment.completed',
    ]);
  });

  it('keeps the prescription open for the units kept back', async () => {
    const treatment = await treatmentSoon({ topUpUnits: 4 });
    await begin(treatment);
    await signTreatment(world.db, as(treatment.who), {
      appointmentId: treatment.id,
      draft: given({ vialId: await plannedVial(treatment) }),
      reasons: {},
    });
    expect(await prescriptionState(treatment)).toBe('active');
  });

  it('records whatever was done, and asks why it differs', async () => {
    const treatment = await treatmentSoon();
    await begin(treatment);
    const me = as(treatment.who);
    const done = given({
      productCode: null,
      productName: 'A foreign label',
      batchExpiresOn: '2020-01-01',
      endedAs: 'stopped',
      points: [{ region: 'chin', side: 'left', x: 0.4, y: 0.8, units: 100 }],
    });
    const input = { appointmentId: treatment.id, draft: done };
    const refusal = await signTreatment(world.db, me, { ...input, reasons: {} }).catch(
      (error: unknown) => error,
    );
    const kinds = [
      'expired_batch',
      'other_product',
      'other_region',
      'other_vial',
      'over_dose',
      'stopped_half_way',
      'unlisted_product',
    ];
    expect(
      isRefusal(refusal, 'deviation_reason_needed') && Object.keys(refusal.details['errors'] as object),
    ).toEqual(kinds.map((kind) => `deviation-${kind}`));
    const { rows } = await sql<{
      units: number;
    }>`SELECT units FROM injection_point p JOIN treatment_record t ON t.id = p.treatment_id
      WHERE t.appointment_id = ${treatment.id}`.execute(world.owner);
    expect(rows).toEqual([{ units: 100 }]);

    await signTreatment(world.db, me, {
      ...input,
      reasons: Object.fromEntries(kinds.map((kind) => [kind, 'An emergency.'])),
    });
    expect(await stateOf(world, treatment.id)).toBe('stopped');
    const told = (await eventsOf(world, treatment.id)).filter((type) => type === 'deviation.recorded');
    expect(told.length).toBe(kinds.length);
    await expectRefusal(signTreatment(world.db, me, { ...input, reasons: {} }), 'already_signed');
  });

  it('waits for the prescriber when an answer changed, and says no more than that to the injector', async () => {
    const treatment = await treatmentSoon({ injector: world.town.injector });
    await passTime(world.owner, { minutes: 10 });
    const healthAnswersId = await answerHealth(world.owner, treatment.patient, {
      answers: { pregnant: 'yes' },
    });
    const [injector, prescriber] = [as(world.town.injector), as(world.town.prescriber)];
    const at = { appointmentId: treatment.id };
    await receiveVial(world.db, injector, { ...at, ...vial });
    await confirmConsent(world.db, injector, at);
    await expectRefusal(startTreatment(world.db, injector, at), 'prescriber_review_needed');

    const decision = { healthAnswersId, decision: 'may_proceed', reason: 'Read and discussed.' } as const;
    await expectRefusal(decideHealthChange(world.db, injector, decision), 'not_found');
    await decideHealthChange(world.db, prescriber, { ...decision, decision: 'may_not_proceed' });
    await expectRefusal(startTreatment(world.db, injector, at), 'prescriber_review_needed');
    await decideHealthChange(world.db, prescriber, decision);
    await startTreatment(world.db, injector, { ...at, ...REACHABLE });
    expect(await stateOf(world, treatment.id)).toBe('started');
  });

  it('comes earlier than the interval only by the prescriber’s own written reason', async () => {
    const { db, owner, town } = world;
    const first = await treatmentSoon();
    await begin(first);
    await signTreatment(db, as(first.who), {
      appointmentId: first.id,
      draft: given({ vialId: await plannedVial(first) }),
      reasons: {},
    });
    const { patient } = first;
    await passTime(owner, { hours: 24 * 20 });
    const again = await prescribe(
      owner,
      await consulted(owner, { patient, prescriber: town.prescriber, where: town.leeds }),
      {
        injector: town.injector,
      },
    );
    const slots = await freeSlots(db, { practitionerIds: [town.injector.id], kind: 'treatment' });
    const soonest = await later(owner, { hours: 50 });
    const { start, locationId } = slots.find((slot) => Temporal.Instant.compare(slot.start, soonest) > 0)!;
    const early = {
      prescriptionId: again.id,
      locationId,
      start,
      reason: 'Uneven brows, agreed with the patient.',
    };
    await expectRefusal(overrideInterval(db, as(town.prescriber), early), 'consent_missing');
    const offered = () => readEarlyTimes(db, as(town.prescriber), again.id);
    expect((await offered()).inTheWay.map(({ code }) => code)).toEqual(['consent']);
    await giveConsent(owner, again);
    const times = (await offered()).days.flatMap((day) => day.times);
    expect(times.map(({ value }) => value)).toContain(`${start} ${locationId}`);
    await expectRefusal(readEarlyTimes(db, as(town.injector), again.id), 'not_found');
    await expectRefusal(overrideInterval(db, as(town.injector), early), 'not_found');
    await expectRefusal(
      overrideInterval(db, as(town.prescriber), { ...early, reason: ' ' }),
      'invalid_input',
    );
    const id = await overrideInterval(db, as(town.prescriber), early);
    expect(await stateOf(world, id)).toBe('confirmed');
    expect((await offered()).treatmentId).toBe(id);
  });
});

it('ends a review visit with its record', async () => {
  const visit = await visitNow('follow_up');
  const me = as(visit.who);
  const record = {
    appointmentId: visit.id,
    findings: 'Even.',
    symmetrical: true,
    movementKept: 'Some',
    adverseEvent: '',
    outcomes: { frown_lines: 'as_wished', forehead_lines: 'uneven' },
  } as const;
  await expectRefusal(recordReviewVisit(world.db, me, record), 'visit_not_begun');
  await startVisit(world.db, me, { appointmentId: visit.id });
  await recordReviewVisit(world.db, me, record);
  expect(await stateOf(world, visit.id)).toBe('completed');
  await expectRefusal(recordReviewVisit(world.db, me, record), 'already_signed');
  const results = [
    { region: 'forehead_lines', result: 'Uneven' },
    { region: 'frown_lines', result: 'As was wished' },
  ];
  expect((await readReviewVisit(world.db, me, visit.id)).record?.results).toEqual(results);
  expect((await readMyVisit(world.db, as(visit.patient), visit.id)).review?.results).toEqual(results);
});

it('a product that a finding rules out is neither offered nor prescribed, while others are', async () => {
  const { owner, db, town } = world;
  const consultation = await consulting(owner, {
    patient: await patient(owner),
    prescriber: town.prescriber,
    where: town.leeds,
  });
  await owner
    .insertInto('consultation_finding')
    .values({
      consultation_id: consultation.id,
      code: 'cows_milk_allergy',
      severity: 'caution',
      present: true,
    })
    .execute();
  await conclude(owner, consultation);
  const at = { appointmentId: consultation.visit.id };
  const { products } = await readPrescriptionPage(db, as(town.prescriber), at.appointmentId);
  const ruledOut = products.filter(({ isRuledOut }) => isRuledOut).map(({ code }) => code);
  expect(ruledOut).toEqual(['alluzience', 'azzalure']);
  const order = {
    ...at,
    injectorId: town.prescriber.id,
    doseUnits: 20,
    topUpUnits: 0,
    regions: ['frown_lines'],
    validDays: 30,
    directions: '',
    unchangedRequested: false,
  };
  await expectRefusal(
    issuePrescription(db, as(town.prescriber), { ...order, productCode: 'azzalure' }),
    'product_ruled_out',
  );
  await issuePrescription(db, as(town.prescriber), { ...order, productCode: 'botox' });
});

it('a review form keeps what was judged of each region, and leaves out what was not', () => {
  const read = reviewVisitForm.parse({
    findings: 'Even.',
    'outcome-frown_lines': 'too_much',
    'outcome-forehead_lines': 'not_judged',
  });
  expect(read.outcomes).toEqual({ frown_lines: 'too_much' });
});
