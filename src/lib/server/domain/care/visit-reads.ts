import { dose, unitsOf } from '#lib/format/dose.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { may } from '../booking/appointment.ts';
import { readMark } from '../booking/day-reads.ts';
import type { Jurisdiction } from '../policy/codes.ts';
import { policyOf } from '../policy/reads.ts';
import type { Actor } from '../shared/actor.ts';
import {
  ageOn,
  formatCalendarDate,
  formatDate,
  formatDateTime,
  formatDayTime,
  formatZone,
} from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { BROW_WORDS, LID_WORDS, OUTCOME_WORDS, type ConsultationDraft } from './consultation.ts';
import { CONTRAINDICATIONS, SEVERITY_WORDS } from './contraindications.ts';
import {
  findAnswersToDecide,
  findConsultation,
  findFollowUp,
  findHealthConfirmation,
  findLastConsulted,
  findLastWay,
  findLicensedProducts,
  findLongestValidity,
  findNewestAnswers,
  findPrescribed,
  findPrescriptions,
  findTreatment,
  findTreatmentBefore,
  findVials,
  findVisit,
  type Desk,
  type FoundVisit,
} from './desk-queries.ts';
import { evaluateGate, openSteps, type GateFacts } from './gate.ts';
import { describeHealthAnswers, raisedBy } from './health-questions.ts';
import { formValuesOf, readQuestionnaire } from './health-reads.ts';
import { PLACE_WORDS, PRESCRIBER_PLACES } from './prescriber-place.ts';
import { findGateFacts, findInjectors, gateKey } from './queries.ts';
import { readIntervals } from './interval-reads.ts';
import { givenInWords, readKnowFirst, type KnowFirst } from './know-first.ts';
import { linesBeside } from './last-time.ts';
import {
  changedAnswers,
  kindOf,
  raisedInWords,
  requireDesk,
  shownSteps,
  STATE_WORDS,
  type DeskStep,
} from './reads.ts';
import { resultsInWords } from './review-visit.ts';
import { RISKS } from './risks.ts';
import { DEVIATION_WORDS, type DeviationKind } from './treatment.ts';

/** A visit of the reader's, opened: whose record it is has been written down (P2). Anybody else's does not exist (P1). */
async function openVisit(
  trx: Trx,
  actor: Actor,
  appointmentId: string,
  action: string,
  kind?: FoundVisit['kind'],
): Promise<{ desk: Desk; visit: FoundVisit }> {
  const desk = await requireDesk(trx, actor);
  const visit = await findVisit(trx, desk.id, appointmentId);
  if (visit === undefined || (kind !== undefined && visit.kind !== kind)) throw new Refusal('not_found');
  await recordAudit(trx, {
    stream: { kind: 'patient', id: visit.patientId },
    action,
    subjectType: 'appointment',
    subjectId: visit.id,
  });
  return { desk, visit };
}

/** What every page of a visit says on top. */
function shownVisit(visit: FoundVisit, desk: Desk) {
  const isMine = visit.practitionerId === desk.id;
  return {
    id: visit.id,
    ...kindOf(visit),
    state: visit.state,
    stateText: STATE_WORDS[visit.state] ?? visit.state,
    when: formatDayTime(visit.during.start!, visit.timeZone),
    zone: formatZone(visit.timeZone),
    where: visit.locationName,
    patientName: visit.patientName,
    /** Whose record there is to open: nobody's before anything was done. */
    recordOf: visit.hasRecord ? visit.patientId : null,
    born: `${formatCalendarDate(visit.dateOfBirth)} (${ageOn(visit.dateOfBirth, visit.today)})`,
    phone: visit.phone,
    practitionerName: visit.practitionerName,
    prescriberName: visit.prescriberName,
    /** The reader holds the visit; otherwise the reader has prescribed for it. */
    isMine,
    /** Only who may know the clinical reasons reads them. */
    isPrescriber: visit.kind === 'consultation' ? isMine : visit.prescriberId === desk.id,
  };
}
export type ShownVisit = ReturnType<typeof shownVisit>;

/** One visit: the patient, what it stands on, and what can be done now. */
export async function readVisit(db: Db, actor: Actor, appointmentId: string) {
  return transact(db, actor, async (trx) => {
    const { desk, visit } = await openVisit(trx, actor, appointmentId, 'visit.read');
    const shown = shownVisit(visit, desk);
    const isClinical = shown.isPrescriber || visit.kind === 'follow_up';
    const toDecide = shown.isPrescriber ? await findAnswersToDecide(trx, desk.id, visit.patientId) : [];
    const isToCome = visit.state === 'confirmed' || visit.state === 'arrived';
    return {
      ...shown,
      noted: await readMark(trx, visit.id),
      concerns: isClinical ? visit.concerns : [],
      note: isClinical ? visit.note : '',
      needs: visit.needs,
      hasHealthAnswers: visit.hasHealthAnswers,
      first: shown.isPrescriber ? await knowFirst(trx, visit, desk) : null,
      health: visit.kind === 'consultation' && shown.isMine ? await shownHealth(trx, visit) : null,
      outcomeText:
        visit.recordState === 'signed' && visit.outcome ? OUTCOME_WORDS[visit.outcome as 'suitable'] : null,
      isSuitable: visit.recordState === 'signed' && visit.outcome === 'suitable',
      steps: isToCome || visit.state === 'paused' ? stepsOf(await gateOf(trx, visit), shown) : [],
      prescriptions:
        visit.kind === 'consultation' && shown.isMine ? await shownPrescriptions(trx, visit) : [],
      toDecide: toDecide.map((change) => ({
        healthAnswersId: change.healthAnswersId,
        answered: formatDayTime(change.answeredAt, change.timeZone),
        changes: changedAnswers(change.before, change.answers),
        raises: raisedInWords(change.answers),
      })),
      mayBegin: shown.isMine && visit.kind !== 'treatment' && isToCome && visit.mayBegin,
      mayArrive: shown.isMine && may('practice', 'arrive', visit.state) && visit.mayBegin,
      mayMarkNoShow: shown.isMine && may('practice', 'markNoShow', visit.state) && visit.graceIsOver,
      mayLeaveUnseen: shown.isMine && may('practice', 'leaveUnseen', visit.state),
    };
  });
}

/** What the prescriber has to know first. That health answers were read is written down (P2). */
async function knowFirst(trx: Trx, visit: FoundVisit, desk: Desk): Promise<KnowFirst> {
  const first = await readKnowFirst(trx, visit, desk.id);
  if (first.answered !== null)
    await recordAudit(trx, {
      stream: { kind: 'patient', id: visit.patientId },
      action: 'health_answers.read',
      subjectType: 'appointment',
      subjectId: visit.id,
    });
  return first;
}

/** The newest health answers, one by one, with what each raises; null where there are none. */
async function shownHealth(trx: Trx, visit: FoundVisit) {
  const answers = await findNewestAnswers(trx, visit.patientId);
  if (answers === undefined) return null;
  return {
    id: answers.id,
    lines: healthLines(answers.answers),
    answered: formatDateTime(answers.answeredAt, visit.timeZone),
    atTheDesk: answers.atTheDesk,
    elsewhere: answers.lastTreatedElsewhereOn && formatCalendarDate(answers.lastTreatedElsewhereOn),
  };
}

/** What the gate looks at for a treatment, at its time or at this very moment. */
async function gateOf(trx: Trx, visit: FoundVisit, now = false): Promise<GateFacts | undefined> {
  if (visit.prescriptionId === null) return undefined;
  const question = { prescriptionId: visit.prescriptionId, appointmentId: visit.id, now };
  return (await findGateFacts(trx, [question])).get(gateKey(question));
}

function stepsOf(
  facts: GateFacts | undefined,
  { isPrescriber, practitionerName, prescriberName }: ShownVisit,
): DeskStep[] {
  const people = { prescriber: prescriberName ?? '', injector: practitionerName };
  return facts === undefined ? [] : shownSteps(facts, people, { isPrescriber });
}

/** Where the prescriber may be while this is given, for who is asked to say it. */
async function askedPlace(trx: Trx, visit: FoundVisit, { prescriberPlace }: GateFacts) {
  if (prescriberPlace === null) return null;
  return {
    /** The place is said each time; the number or the room rarely changes. */
    lastWay: (await findLastWay(trx, visit)) ?? '',
    demanded: PLACE_WORDS[prescriberPlace.demanded].title,
    saysHere: prescriberPlace.saysHere,
    options: PRESCRIBER_PLACES.map((value) => {
      const { title, meaning } = PLACE_WORDS[value];
      return { value, label: title, hint: meaning };
    }),
  };
}

async function shownPrescriptions(trx: Trx, visit: FoundVisit) {
  const found = await findPrescriptions(trx, visit.id);
  const intervals = await intervalsInTheWay(
    trx,
    found.filter(({ state, treatmentId }) => state === 'active' && treatmentId === null),
  );
  return found.map((prescription) => ({
    id: prescription.id,
    /** When the interval ends that keeps it from being given at once; null where none does. */
    intervalEnds: intervals.get(prescription.id) ?? null,
    state: prescription.state,
    productName: prescription.productName,
    dose: dose(prescription.doseUnits, prescription.unitSystem),
    keptBack: prescription.topUpUnits > 0 ? dose(prescription.topUpUnits, prescription.unitSystem) : null,
    regions: prescription.regions,
    directions: prescription.directions,
    injectorName: prescription.injectorName,
    issued: formatDate(prescription.issuedAt, visit.timeZone),
    expires: formatDate(prescription.expiresAt, visit.timeZone),
    endReason: prescription.endReason,
    consentState: prescription.consentState,
    treatmentId: prescription.treatmentId,
    treatmentWhen:
      prescription.treatmentDuring && formatDayTime(prescription.treatmentDuring.start!, visit.timeZone),
  }));
}

/** Of prescriptions that nobody has booked on: until when the interval stands in the way of a treatment now. */
async function intervalsInTheWay(
  trx: Trx,
  unbooked: readonly { id: string }[],
): Promise<Map<string, string>> {
  const facts = await findGateFacts(
    trx,
    unbooked.map(({ id }) => ({ prescriptionId: id })),
  );
  return new Map(
    unbooked.flatMap(({ id }) => {
      const one = facts.get(gateKey({ prescriptionId: id }));
      if (one === undefined) return [];
      const waits = openSteps(evaluateGate(one, 'booking')).filter(({ opensAt }) => opensAt !== null);
      // Where something else is waited for as long, to give way on the interval would gain nothing.
      const last = waits.toSorted((a, b) => Temporal.Instant.compare(a.opensAt!, b.opensAt!)).at(-1);
      return last?.code === 'interval' ? [[id, formatDate(last.opensAt!, one.timeZone)]] : [];
    }),
  );
}

/** The record of a consultation, for the prescriber who holds it: the draft to write, or what was signed. */
export async function readConsultation(db: Db, actor: Actor, appointmentId: string) {
  return transact(db, actor, async (trx) => {
    const { desk, visit } = await openVisit(trx, actor, appointmentId, 'consultation.read', 'consultation');
    const found = await findConsultation(trx, visit.id);
    const health = await shownHealth(trx, visit);
    const draft = draftOf(found, visit, health?.id ?? null);
    return {
      first: visit.recordState === 'signed' ? null : await readKnowFirst(trx, visit, desk.id),
      visit: shownVisit(visit, desk),
      isSigned: visit.recordState === 'signed',
      signed: found?.record.signed_at ? formatDateTime(found.record.signed_at, visit.timeZone) : null,
      draft,
      last: await lastTime(trx, visit, draft),
      intervals: await readIntervals(trx, visit),
      /** Until when the record supports a treatment, once it is signed suitable. */
      supportsUntil: await supportsUntil(trx, visit, found?.record.signed_at ?? null),
      /** How the face was before anything, in words. */
      before: {
        brows: draft.browHeight && BROW_WORDS[draft.browHeight],
        lids: draft.lidPosition && LID_WORDS[draft.lidPosition],
      },
      /** Which save of the draft this is; null before the first. */
      revision: found?.record.revision ?? null,
      addenda: (found?.addenda ?? []).map(({ kind, text, writtenAt }) => ({
        isError: kind === 'entered_in_error',
        text,
        written: formatDateTime(writtenAt, visit.timeZone),
      })),
      health,
      contraindications: CONTRAINDICATIONS,
      risks: RISKS.map(({ code, title, text }) => ({ code, title, text })),
    };
  });
}

async function supportsUntil(trx: Trx, visit: FoundVisit, signedAt: Temporal.Instant | null) {
  if (signedAt === null || visit.outcome !== 'suitable') return null;
  const policy = await policyAt(trx, visit, signedAt);
  return formatDate(signedAt.add({ hours: policy.consult_valid_days * 24 }), visit.timeZone);
}

function policyAt(trx: Trx, { jurisdiction, timeZone }: FoundVisit, at: Temporal.Instant) {
  return policyOf(trx, jurisdiction as Jurisdiction, at.toZonedDateTimeISO(timeZone).toPlainDate());
}

/** Each answer with what it raises, in words. */
function healthLines(answers: unknown) {
  const raised = raisedBy(answers);
  return describeHealthAnswers(answers).map((line) => ({
    ...line,
    raises: raised
      .filter(({ code }) => code === line.code)
      .map(({ finding, severity }) => ({
        finding,
        severity,
        text: CONTRAINDICATIONS.find(({ code }) => code === finding)?.text ?? finding,
        weight: SEVERITY_WORDS[severity],
      })),
  }));
}

/** What was written last time, by the same prescriber; null for somebody new, and once today's is signed. */
async function lastTime(trx: Trx, visit: FoundVisit, draft: ConsultationDraft) {
  if (visit.recordState === 'signed') return null;
  const appointmentId = await findLastConsulted(trx, {
    patientId: visit.patientId,
    prescriberId: visit.practitionerId,
    beforeAppointmentId: visit.id,
  });
  const last = appointmentId === undefined ? undefined : await findConsultation(trx, appointmentId);
  if (last === undefined) return null;
  return {
    date: formatDate(last.record.signed_at!, visit.timeZone),
    lines: linesBeside(draft, draftOf(last, visit, null)),
  };
}

/** The draft as it was signed last time, for the lines that are confirmed to be the same. */
export async function readLastDraft(db: Db, actor: Actor, appointmentId: string): Promise<ConsultationDraft> {
  return transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    const visit = await findVisit(trx, desk.id, appointmentId);
    if (visit?.kind !== 'consultation' || visit.practitionerId !== desk.id) throw new Refusal('not_found');
    const last = await findLastConsulted(trx, {
      patientId: visit.patientId,
      prescriberId: desk.id,
      beforeAppointmentId: visit.id,
    });
    const found = last === undefined ? undefined : await findConsultation(trx, last);
    if (found === undefined) throw new Refusal('not_found');
    return draftOf(found, visit, null);
  });
}

/** What stands in the record, or an empty draft that begins with what the patient wants to talk about. */
function draftOf(
  found: Awaited<ReturnType<typeof findConsultation>>,
  visit: FoundVisit,
  newestAnswersId: string | null,
): ConsultationDraft {
  const record = found?.record;
  return {
    healthAnswersId: record?.state === 'signed' ? record.health_answers_id : newestAnswersId,
    identitySeen: record?.identity_seen ?? false,
    identityDocument: record?.identity_document ?? '',
    ageSeen: record?.age_seen ?? false,
    seenAlone: record?.seen_alone ?? false,
    chaperone: record?.chaperone ?? '',
    capacity: (record?.capacity ?? '') as ConsultationDraft['capacity'],
    ownChoice: record?.own_choice ?? false,
    interpreter: record?.interpreter ?? '',
    teachBack: record?.teach_back ?? '',
    bodyImageScreen: (record?.body_image_screen ?? '') as ConsultationDraft['bodyImageScreen'],
    concerns: record?.concerns ?? visit.concerns,
    regions: record?.regions ?? [],
    history: record?.history ?? '',
    examination: record?.examination ?? '',
    face: (record?.face ?? {}) as ConsultationDraft['face'],
    baseline: record?.baseline ?? '',
    browHeight: (record?.brow_height ?? '') as ConsultationDraft['browHeight'],
    lidPosition: (record?.lid_position ?? '') as ConsultationDraft['lidPosition'],
    dryEye: (record?.dry_eye ?? '') as ConsultationDraft['dryEye'],
    movementToKeep: record?.movement_to_keep ?? '',
    desiredResult: record?.desired_result ?? '',
    alternatives: record?.alternatives ?? '',
    plan: record?.plan ?? '',
    outcome: (record?.outcome ?? null) as ConsultationDraft['outcome'],
    questions: found?.questions ?? [],
    findings: (found?.findings ?? []) as ConsultationDraft['findings'],
    risksTold: (found?.risks ?? []).map(({ code }) => code),
    risksAcknowledged: (found?.risks ?? []).flatMap(({ code, acknowledgedAt }) =>
      acknowledgedAt === null ? [] : [code],
    ),
  };
}

/** The newest health answers, to be gone through with the patient at the consultation. */
export async function readHealthAtTheDesk(db: Db, actor: Actor, appointmentId: string) {
  return transact(db, actor, async (trx) => {
    const { desk, visit } = await openVisit(trx, actor, appointmentId, 'health_answers.read', 'consultation');
    return {
      visit: shownVisit(visit, desk),
      questionnaire: await readQuestionnaire(trx),
      given: formValuesOf(await findNewestAnswers(trx, visit.patientId)),
    };
  });
}

/** What can be prescribed after a consultation, to be given by whom; and what was. */
export async function readPrescriptionPage(db: Db, actor: Actor, appointmentId: string) {
  return transact(db, actor, async (trx) => {
    const { desk, visit } = await openVisit(trx, actor, appointmentId, 'prescription.read', 'consultation');
    const found = await findConsultation(trx, visit.id);
    const policy = await policyAt(trx, visit, await appNow(trx));
    return {
      visit: shownVisit(visit, desk),
      isSuitable: visit.recordState === 'signed' && visit.outcome === 'suitable',
      first: await knowFirst(trx, visit, desk),
      regions: found?.record.regions ?? [],
      plan: found?.record.plan ?? '',
      products: await findLicensedProducts(trx, visit.jurisdiction, found?.record.id ?? null),
      injectors: await findInjectors(trx, visit),
      longestDays: await findLongestValidity(trx, visit.jurisdiction),
      /** In which days after the treatment what is kept back can be given. */
      topUpDays: { from: policy.top_up_from_day, until: policy.top_up_until_day },
      prescriptions: await shownPrescriptions(trx, visit),
    };
  });
}

/** The treatment: what was prescribed, what it still lacks, what was given. */
export async function readTreatmentPage(db: Db, actor: Actor, appointmentId: string) {
  return transact(db, actor, async (trx) => {
    const { desk, visit } = await openVisit(trx, actor, appointmentId, 'treatment.read', 'treatment');
    const shown = shownVisit(visit, desk);
    const prescribed = await findPrescribed(trx, visit.prescriptionId!);
    const found = await findTreatment(trx, visit.id);
    const isToCome = visit.state === 'confirmed' || visit.state === 'arrived';
    const facts = isToCome ? await gateOf(trx, visit, true) : undefined;
    const vials = isToCome || visit.state === 'started' ? await findVials(trx, visit) : [];
    const products = await findLicensedProducts(trx, visit.jurisdiction);
    return {
      visit: shown,
      /** While there is something to decide: before it begins, and under way. */
      first:
        shown.isPrescriber && (isToCome || visit.state === 'started')
          ? await knowFirst(trx, visit, desk)
          : null,
      isTopUp: visit.topUpOfId !== null,
      isToCome,
      isSigned: visit.treatmentState === 'signed',
      prescribed: prescribed && {
        id: visit.prescriptionId!,
        productCode: prescribed.productCode,
        productName: prescribed.productName,
        doseUnits: visit.topUpOfId === null ? prescribed.doseUnits : prescribed.topUpUnits,
        unitsName: unitsOf(prescribed.unitSystem),
        regions: prescribed.regions,
        directions: prescribed.directions,
        expires: formatDate(prescribed.expiresAt, visit.timeZone),
      },
      steps: stepsOf(facts, shown),
      prescriberPlace: facts === undefined ? null : await askedPlace(trx, visit, facts),
      health: isToCome ? await shownConfirmation(trx, visit) : null,
      vials: vials.map(({ id, batch, expiresOn, units, custody, planned }) => ({
        id,
        batch,
        expiresOn,
        isPlanned: planned,
        text: `Batch ${batch}, ${dose(units, prescribed?.unitSystem ?? null)}, use by ${formatCalendarDate(expiresOn)}, ${
          custody === 'dispensed' ? 'dispensed for this patient' : 'stock of the prescriber'
        }`,
      })),
      products,
      record: found && {
        productCode: found.record.product_code,
        productName: found.record.product_name,
        unitsName: unitsOf(
          products.find(({ code }) => code === found.record.product_code)?.unitSystem ?? null,
        ),
        batch: found.record.batch,
        batchExpiresOn: found.record.batch_expires_on,
        batchExpires: found.record.batch_expires_on && formatCalendarDate(found.record.batch_expires_on),
        vialId: found.record.vial_id,
        diluentMl: found.record.diluent_ml,
        immediateReaction: found.record.immediate_reaction,
        note: found.record.note,
        endedAs: found.record.ended_as,
      },
      points: (found?.points ?? []).map((point) => ({
        ...point,
        x: point.x,
        y: point.y,
        units: point.units,
      })),
      deviations: (found?.deviations ?? []).map(({ kind, reason }) => ({
        text: DEVIATION_WORDS[kind as DeviationKind],
        reason,
      })),
    };
  });
}

/** Whether the patient has said that the health answers hold; never what they are. */
async function shownConfirmation(trx: Trx, visit: FoundVisit) {
  const found = await findHealthConfirmation(trx, visit.id);
  if (found === undefined) return null;
  return {
    answered: formatDate(found.answeredAt, visit.timeZone),
    said: found.saidAt && formatDayTime(found.saidAt, visit.timeZone),
    opens: formatDayTime(found.opensAt, visit.timeZone),
    isOpen: found.isOpen,
    isConfirmed: found.isConfirmed,
  };
}

/** The review visit, with the treatment that it looks back on. */
export async function readReviewVisit(db: Db, actor: Actor, appointmentId: string) {
  return transact(db, actor, async (trx) => {
    const { desk, visit } = await openVisit(trx, actor, appointmentId, 'review_visit.read', 'follow_up');
    const record = await findFollowUp(trx, visit.id);
    const treated = await findTreatmentBefore(trx, visit.patientId, desk.id);
    return {
      visit: shownVisit(visit, desk),
      treated: treated && {
        id: treated.id,
        date: formatDate(treated.startedAt!, visit.timeZone),
        given: givenInWords({ ...treated, unitSystem: treated.givenSystem }),
        regions: treated.regions,
        movementToKeep: treated.movementToKeep ?? '',
        desiredResult: treated.desiredResult ?? '',
        prescriptionId: treated.prescriptionId,
        keptBack: treated.keptBackUnits > 0 ? dose(treated.keptBackUnits, treated.unitSystem) : null,
      },
      record: record && {
        findings: record.findings,
        symmetrical: record.symmetrical,
        movementKept: record.movement_kept,
        adverseEvent: record.adverse_event,
        results: resultsInWords(record.outcomes),
      },
    };
  });
}
