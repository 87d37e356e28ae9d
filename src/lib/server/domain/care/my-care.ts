import { dose } from '#lib/format/dose.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { may } from '../booking/appointment.ts';
import { readStanding } from '../booking/day-reads.ts';
import { policiesOf, policyOf } from '../policy/reads.ts';
import { factsOf, type Jurisdiction } from '../policy/codes.ts';
import type { Actor } from '../shared/actor.ts';
import {
  formatCalendarDate,
  formatDate,
  formatDayTime,
  formatTime,
  formatZone,
  localDate,
} from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { CONSENT_GROUPS, consentFormOn, type ConsentForm } from './consent-forms.ts';
import { findUnreadRecalls } from './batches/queries.ts';
import { evaluateGate, fromTopUpOpening, topUpBar, type GateFacts } from './gate.ts';
import { requireOwnPrescription, requirePatient } from './patient-access.ts';
import {
  findConsentItems,
  findHealthDraft,
  findLatestAnswers,
  findMyConsultation,
  findMyPrescriptions,
  findMyReview,
  findMyTreatments,
  findMyVisits,
  findTreated,
  findTreatmentsToConfirm,
  findUrgentContacts,
  type MyPrescription,
  type MyTreatment,
  type MyVisit,
} from './patient-queries.ts';
import { findGateFacts, gateKey, type GateQuestion } from './queries.ts';
import { resultsInWords } from './review-visit.ts';
import { RISKS } from './risks.ts';
import { OUTCOME_WORDS, roadOf, type Course } from './road.ts';
import { DEVIATION_WORDS } from './treatment.ts';
import { answerTimes, RUNG_WORDS, type Rung } from './urgent.ts';
import { findUrgentSteps } from './urgent-queries.ts';

const VISIT_NAMES = {
  consultation: 'Consultation',
  treatment: 'Treatment visit',
  follow_up: 'Review visit',
} as const;

/** A treatment again, much smaller: within the units kept back. */
const TOP_UP_NAME = 'Small correction';

/** What has become of a visit, in the patient's words. */
function stateInWords({ state, cancelledBy, replacedById }: MyVisit): string {
  if (replacedById !== null) return 'Changed to another practitioner';
  if (state === 'cancelled')
    return cancelledBy === 'patient' ? 'Cancelled by you' : 'Cancelled by the clinic';
  const words: Record<string, string> = {
    confirmed: 'Confirmed',
    paused: 'On hold: we will tell you',
    arrived: 'You are here',
    started: 'Under way',
    completed: 'Done',
    stopped: 'Stopped',
    no_show: 'Missed',
    left_unseen: 'You left before you were seen',
  };
  return words[state] ?? state;
}

/** A visit as pages show it. */
export function shownVisit(visit: MyVisit, now: Temporal.Instant) {
  const start = visit.during.start!;
  return {
    id: visit.id,
    kind: visit.kind,
    name: visit.isTopUp ? TOP_UP_NAME : VISIT_NAMES[visit.kind],
    state: visit.state,
    stateText: stateInWords(visit),
    start: start.toString(),
    when: formatDayTime(start, visit.timeZone),
    date: formatDate(start, visit.timeZone),
    zone: formatZone(visit.timeZone),
    with: visit.practitionerName,
    practitionerSlug: visit.practitionerSlug,
    clinicName: visit.clinicName,
    clinicPhone: visit.clinicPhone,
    address: visit.address,
    directions: visit.directions,
    consultationId: visit.consultationId,
    lateMinutes: visit.lateMinutes,
    replacedById: visit.replacedById,
    isToCome: ['confirmed', 'paused', 'arrived', 'started'].includes(visit.state),
    willCome: visit.willCome,
    saidLateMinutes: visit.saidLateMinutes,
    recordsKeptBy: visit.recordsKeptBy,
    maySayWillCome:
      may('patient', 'giveWord', visit.state) && !visit.willCome && Temporal.Instant.compare(now, start) < 0,
    /** On the day: the database allows it no earlier. */
    maySayLate:
      may('patient', 'giveWord', visit.state) &&
      isWithin(now, start.subtract({ hours: 12 }), visit.during.end!),
    mayMove: may('patient', 'move', visit.state),
    /** From an hour before on: the database allows it no earlier. */
    mayArrive:
      may('patient', 'arrive', visit.state) && isWithin(now, start.subtract({ hours: 1 }), visit.during.end!),
    mayCancel: may('patient', 'cancel', visit.state),
  };
}

/** Everything of the patient's own: what comes next, each road step by step, what is behind. The same few queries, however many visits. */
export async function readMyCare(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) => {
    const patient = await requirePatient(trx, actor);
    const now = await appNow(trx);
    const visits = await findMyVisits(trx, patient.id);
    const prescriptions = await findMyPrescriptions(trx, patient.id);
    const treatments = await findMyTreatments(trx, patient.id);
    const answers = await findLatestAnswers(trx, patient.id);
    const draft = await findHealthDraft(trx, patient.id);
    const toConfirm = await findTreatmentsToConfirm(trx, patient.id);
    const facts = await findGateFacts(
      trx,
      prescriptions.filter(({ state }) => state === 'active').map(gateQuestion),
    );
    const shown = visits.map((visit) => shownVisit(visit, now));
    const next = shown.filter(({ isToCome }) => isToCome).toSorted((a, b) => a.start.localeCompare(b.start));
    const lastTreated = visits.find(
      ({ kind, state }) => kind === 'treatment' && ['started', 'completed', 'stopped'].includes(state),
    );
    return {
      givenName: patient.givenName,
      recalls: (await findUnreadRecalls(trx, patient.id)).map(({ id }) => id),
      next,
      past: shown.filter(({ isToCome }) => !isToCome),
      roads: roadsOf({
        visits,
        prescriptions,
        facts,
        health: answers !== undefined ? 'given' : draft !== undefined ? 'begun' : 'none',
        toConfirm,
      }),
      treatments: treatments.flatMap((treatment) => {
        const visit = visits.find(({ id }) => id === treatment.appointmentId);
        return visit === undefined ? [] : [treatmentShown(treatment, visit)];
      }),
      urgent:
        lastTreated === undefined
          ? null
          : {
              treatmentId: lastTreated.id,
              emergency: (await policyOf(trx, lastTreated.jurisdiction as Jurisdiction, dayOf(now)))
                .emergency_number,
            },
    };
  });
}

/** What was given, in facts; what differed from the prescription is told too. */
function treatmentShown(treatment: MyTreatment, visit: MyVisit) {
  return {
    id: treatment.appointmentId,
    productName: treatment.productName,
    batch: treatment.batch,
    batchExpires: formatCalendarDate(treatment.batchExpiresOn),
    dose: dose(treatment.units, treatment.unitSystem),
    regions: treatment.regions,
    deviations: treatment.deviations.map(({ kind, reason }) => `${DEVIATION_WORDS[kind]}: ${reason}`),
    date: formatDate(visit.startedAt!, visit.timeZone),
    with: visit.practitionerName,
    where: `${visit.clinicName}, ${visit.address}`,
  };
}

/** The next treatment on a prescription: the top-up, once the first one is done. */
function gateQuestion({ id, treatmentId, treatmentState, topUpId }: MyPrescription): GateQuestion {
  return treatmentState === 'completed'
    ? { prescriptionId: id, appointmentId: topUpId, topUpOfId: treatmentId }
    : { prescriptionId: id, appointmentId: treatmentId };
}

/** One road per episode, the latest first. */
function roadsOf(all: {
  visits: readonly MyVisit[];
  prescriptions: readonly MyPrescription[];
  facts: ReadonlyMap<string, GateFacts>;
  health: Course['health'];
  toConfirm: Awaited<ReturnType<typeof findTreatmentsToConfirm>>;
}) {
  const episodes = Map.groupBy(all.visits, ({ episodeId }) => episodeId);
  return [...episodes].map(([episodeId, visits]) => {
    const prescription = all.prescriptions.find(
      (one) => one.episodeId === episodeId && one.state !== 'cancelled',
    );
    const found = prescription && all.facts.get(gateKey(gateQuestion(prescription)));
    const facts = found && fromTopUpOpening(found);
    const nextId = prescription?.topUpId ?? prescription?.treatmentId;
    return {
      episodeId,
      title: `With ${visits.at(-1)!.practitionerName} at ${visits[0]!.clinicName}`,
      isClosed: visits[0]!.episodeState === 'closed',
      steps: roadOf({
        visits,
        prescription,
        gate: facts === undefined ? [] : evaluateGate(facts, 'booking'),
        topUpBar: facts === undefined ? null : topUpBar(facts),
        topUpDays: facts?.topUpOf ?? null,
        health: all.health,
        confirm: all.toConfirm.find(({ appointmentId }) => appointmentId === nextId),
      }),
    };
  });
}

/** One visit of the patient's own, and what came of it. */
export async function readMyVisit(db: Db, actor: Actor, appointmentId: string) {
  return transact(db, actor, async (trx) => {
    const { id: patientId } = await requirePatient(trx, actor);
    const [visit] = await findMyVisits(trx, patientId, appointmentId);
    if (visit === undefined) throw new Refusal('not_found');
    const [treatment] = await findMyTreatments(trx, patientId, appointmentId);
    const review = await findMyReview(trx, patientId, appointmentId);
    const now = await appNow(trx);
    const today = Temporal.PlainDate.from(localDate(now, visit.timeZone));
    const policy = await policyOf(trx, visit.jurisdiction as Jurisdiction, today);
    return {
      ...shownVisit(visit, now),
      /** The law there lets what patients say be public. */
      mayBeReviewed: policy.reviews_public,
      standing: await readStanding(trx, appointmentId),
      treatment: treatment === undefined ? null : treatmentShown(treatment, visit),
      review: review === undefined ? null : { ...review, results: resultsInWords(review.outcomes) },
    };
  });
}

/** The signed summary of a consultation: each question with its answer, what was found, what comes next. */
export async function readMyConsultation(db: Db, actor: Actor, consultationId: string) {
  return transact(db, actor, async (trx) => {
    const { id: patientId } = await requirePatient(trx, actor);
    const record = await findMyConsultation(trx, patientId, consultationId);
    if (record === undefined) throw new Refusal('not_found');
    return {
      id: record.id,
      episodeId: record.episodeId,
      isClosed: record.episodeState === 'closed',
      with: [record.title, record.displayName].filter(Boolean).join(' '),
      date: formatDate(record.signedAt!, record.timeZone),
      outcome: OUTCOME_WORDS[record.outcome ?? ''] ?? '',
      regions: record.regions,
      examination: record.examination,
      baseline: record.baseline,
      movementToKeep: record.movementToKeep,
      desiredResult: record.desiredResult,
      alternatives: record.alternatives,
      plan: record.plan,
      questions: record.questions,
      risks: record.risks.map(({ code, text }) => ({
        title: RISKS.find((risk) => risk.code === code)?.title ?? '',
        text,
      })),
      addenda: record.addenda.map(({ text, writtenAt }) => ({
        text,
        date: formatDate(writtenAt, record.timeZone),
      })),
    };
  });
}

/** A prescription as its patient reads it. */
export function shownPrescription(prescription: MyPrescription) {
  return {
    id: prescription.id,
    episodeId: prescription.episodeId,
    state: prescription.state,
    productName: prescription.productName,
    dose: dose(prescription.doseUnits, prescription.unitSystem),
    regions: prescription.regions,
    directions: prescription.directions,
    prescriber: prescription.prescriberName,
    injector: prescription.injectorName,
    issued: formatDate(prescription.issuedAt, prescription.timeZone),
    expires: formatDate(prescription.expiresAt, prescription.timeZone),
    consentGiven: prescription.consentState === 'given',
    consentComplete: prescription.consentComplete,
    consentOnPaper: prescription.consentOnPaper,
    interpreter: prescription.interpreter,
    consentDate:
      prescription.consentGivenAt && formatDate(prescription.consentGivenAt, prescription.timeZone),
    treatmentId: prescription.treatmentId,
    topUpUnits: prescription.topUpUnits,
    topUpId: prescription.topUpId,
    isClosed: prescription.episodeState === 'closed',
  };
}

/** The form that is asked for this prescription today. */
export async function readConsentForm(db: Db, actor: Actor, prescriptionId: string): Promise<ConsentForm> {
  return transact(db, actor, async (trx) => {
    const { prescription } = await requireOwnPrescription(trx, actor, prescriptionId);
    return formFor(trx, prescription);
  });
}

async function formFor(trx: Trx, { jurisdiction }: MyPrescription): Promise<ConsentForm> {
  return consentFormOn(jurisdiction as Jurisdiction, (await appNow(trx)).toString().slice(0, 10));
}

/** The items of a form under their headings. */
function groupsOf({ items }: ConsentForm) {
  return Object.entries(CONSENT_GROUPS).map(([code, title]) => ({
    code,
    title,
    items: items.filter(({ group }) => group === code),
  }));
}

/** The page on which the patient reads, agrees, or says no. */
export async function readConsentPage(db: Db, actor: Actor, prescriptionId: string) {
  return transact(db, actor, async (trx) => {
    const { prescription } = await requireOwnPrescription(trx, actor, prescriptionId);
    const form = await formFor(trx, prescription);
    const said =
      prescription.consentState === 'given' ? await findConsentItems(trx, prescription.consentId!) : [];
    return {
      prescription: shownPrescription(prescription),
      form: { code: form.code, groups: groupsOf(form) },
      said: said.map(({ code, title, text, saidAt }) => ({
        code,
        title,
        text,
        on: formatDate(saidAt, prescription.timeZone),
      })),
    };
  });
}

/** What the patient has told about a treatment, who was told of it and when, and whether somebody answered. */
export async function readUrgentPage(db: Db, actor: Actor, treatmentId: string) {
  return transact(db, actor, async (trx) => {
    const { id: patientId } = await requirePatient(trx, actor);
    const treated = await findTreated(trx, patientId, treatmentId, { underWay: true });
    if (treated === undefined) throw new Refusal('not_found');
    const contacts = await findUrgentContacts(trx, treatmentId);
    const steps = await findUrgentSteps(
      trx,
      contacts.map(({ id }) => id),
    );
    return {
      treatmentId,
      clinicName: treated.clinicName,
      clinicPhone: treated.clinicPhone,
      ...(await whatPolicySays(trx, treated.jurisdiction as Jurisdiction)),
      contacts: contacts.map((contact) => ({
        id: contact.id,
        message: contact.message,
        photoId: contact.photoId,
        sent: formatDayTime(contact.createdAt, treated.timeZone),
        due: formatTime(contact.answerBy, treated.timeZone),
        seen: contact.acknowledgedAt && formatDayTime(contact.acknowledgedAt, treated.timeZone),
        told: steps
          .filter(({ contactId }) => contactId === contact.id)
          .map(({ rung, name, phone, toldAt }) => ({
            rung,
            who: toldInWords(rung, name, treated.prescriberName),
            phone,
            at: formatDayTime(toldAt, treated.timeZone),
          })),
      })),
    };
  });
}

/** Who was told. The prescriber has a letter at once, whoever's turn it is. */
function toldInWords(rung: Rung, name: string, prescriberName: string): string {
  if (rung === 'operator') return `Steadyhand (${RUNG_WORDS.operator})`;
  const also =
    rung === 'injector' && prescriberName !== name
      ? `, and ${prescriberName} (${RUNG_WORDS.prescriber}) by letter`
      : '';
  return `${name} (${RUNG_WORDS[rung]})${also}`;
}

/** Whom to call, and how soon a message is answered, by the policy of a place. */
async function whatPolicySays(db: Db | Trx, jurisdiction: Jurisdiction) {
  const policy = await policyOf(db, jurisdiction, dayOf(await appNow(db)));
  return {
    numbers: { emergency: policy.emergency_number, advice: policy.urgent_advice_number },
    answered: answerTimes([policy]),
  };
}

/** How soon a message is answered in this place; in no place that we know, the longest of all. */
export async function answerTimesIn(db: Db, code: string | null) {
  const policies = await policiesOf(db, dayOf(await appNow(db)));
  const asked = policies.filter(({ jurisdiction }) => jurisdiction === code);
  return answerTimes(asked.length > 0 ? asked : policies);
}

/** The same for everywhere; places that share their numbers stand together. */
export async function emergencyNumbersEverywhere(db: Db) {
  const places = new Map<string, { codes: string[]; names: string[]; emergency: string; advice: string }>();
  for (const policy of await policiesOf(db, dayOf(await appNow(db)))) {
    const { jurisdiction, emergency_number: emergency, urgent_advice_number: advice } = policy;
    const key = `${emergency} ${advice}`;
    const place = places.get(key) ?? { codes: [], names: [], emergency, advice };
    place.codes.push(jurisdiction);
    place.names.push(factsOf(jurisdiction).name);
    places.set(key, place);
  }
  return [...places.values()];
}

/** The date that policy is read for; a few hours never decide which number to call. */
function dayOf(now: Temporal.Instant): Temporal.PlainDate {
  return now.toZonedDateTimeISO('UTC').toPlainDate();
}

function isWithin(instant: Temporal.Instant, from: Temporal.Instant, to: Temporal.Instant): boolean {
  return Temporal.Instant.compare(from, instant) <= 0 && Temporal.Instant.compare(instant, to) < 0;
}
