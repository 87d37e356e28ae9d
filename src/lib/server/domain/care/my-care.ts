import type { Db, Trx } from '#lib/server/platform/db.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { freeSlots, slotDays } from '../availability/reads.ts';
import { may } from '../booking/appointment.ts';
import { policyOf } from '../policy/reads.ts';
import type { Jurisdiction } from '../policy/codes.ts';
import type { Actor } from '../shared/actor.ts';
import { formatDate, formatDay, formatDayTime, formatTime, formatZone, localDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { evaluateGate, openSteps, type GateFacts } from './gate.ts';
import { describeHealthAnswers } from './health-questions.ts';
import { requireOwnPrescription, requirePatient } from './patient-access.ts';
import {
  findLatestAnswers,
  findMyConsultation,
  findMyPrescriptions,
  findMyTreatments,
  findMyVisits,
  findTreated,
  findUrgentContacts,
  type MyPrescription,
  type MyTreatment,
  type MyVisit,
} from './patient-queries.ts';
import { findGateFacts } from './queries.ts';
import { RISKS } from './risks.ts';
import { wordsForPatient } from './step-words.ts';

const VISIT_NAMES = {
  consultation: 'Consultation',
  treatment: 'Treatment visit',
  follow_up: 'Review visit',
} as const;
const SLOT_DAYS = 21;

const OUTCOMES: Readonly<Record<string, string>> = {
  suitable: 'You can go on if you want to. There is no hurry, and doing nothing is a good choice too.',
  not_suitable: 'Your prescriber found that this is not right for you, and told you why.',
  defer: 'Not now. Your prescriber told you what has to change first.',
  refer: 'Your prescriber asks that somebody else sees you first.',
};

/** What has become of a visit, in the patient's words. */
function stateInWords({ state, cancelledBy }: MyVisit): string {
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

function shownVisit(visit: MyVisit, now: Temporal.Instant) {
  const start = visit.during.start!;
  return {
    id: visit.id,
    kind: visit.kind,
    name: VISIT_NAMES[visit.kind],
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
    isToCome: ['confirmed', 'paused', 'arrived', 'started'].includes(visit.state),
    isToday: localDate(start, visit.timeZone) === localDate(now, visit.timeZone),
    mayMove: visit.kind !== 'treatment' && may('patient', 'move', visit.state),
    mayCancel: may('patient', 'cancel', visit.state),
  };
}

/** One step of the road as My care shows it. */
export type RoadStep = {
  title: string;
  state: 'done' | 'ready' | 'not_yet';
  why?: string;
  opens?: string;
  whose?: string;
  note?: string;
  action?: { text: string; to: 'health' | 'consent' | 'treatment' | 'review' | 'consultation'; id: string };
};

/** Everything of the patient's own: what comes next, each road step by step, what is behind. Six queries, however many visits. */
export async function readMyCare(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) => {
    const patient = await requirePatient(trx, actor);
    const now = await appNow(trx);
    const visits = await findMyVisits(trx, patient.id);
    const prescriptions = await findMyPrescriptions(trx, patient.id);
    const treatments = await findMyTreatments(trx, patient.id);
    const answers = await findLatestAnswers(trx, patient.id);
    const facts = await findGateFacts(
      trx,
      prescriptions
        .filter(({ state }) => state === 'active')
        .map(({ id, treatmentId }) => ({ prescriptionId: id, appointmentId: treatmentId })),
    );
    const shown = visits.map((visit) => shownVisit(visit, now));
    const next = shown.filter(({ isToCome }) => isToCome).toSorted((a, b) => a.start.localeCompare(b.start));
    const lastTreated = visits.find(({ kind, startedAt }) => kind === 'treatment' && startedAt !== null);
    return {
      givenName: patient.givenName,
      next,
      past: shown.filter(({ isToCome }) => !isToCome),
      roads: roadsOf({ visits, prescriptions, treatments, facts, hasAnswers: answers !== undefined, now }),
      treatments: treatments.map((treatment) => treatmentShown(treatment, visits)),
      urgent:
        lastTreated === undefined
          ? null
          : {
              treatmentId: lastTreated.id,
              clinicName: lastTreated.clinicName,
              clinicPhone: lastTreated.clinicPhone,
            },
    };
  });
}

function treatmentShown(treatment: MyTreatment, visits: readonly MyVisit[]) {
  const visit = visits.find(({ id }) => id === treatment.appointmentId);
  return {
    id: treatment.appointmentId,
    productName: treatment.productName,
    batch: treatment.batch,
    batchExpires: treatment.batchExpiresOn,
    units: treatment.units,
    regions: treatment.regions,
    date: visit === undefined ? '' : formatDate(visit.during.start!, visit.timeZone),
    with: visit?.practitionerName ?? '',
    where: visit === undefined ? '' : `${visit.clinicName}, ${visit.address}`,
  };
}

type Road = {
  visits: readonly MyVisit[];
  prescriptions: readonly MyPrescription[];
  treatments: readonly MyTreatment[];
  facts: Map<string, GateFacts>;
  hasAnswers: boolean;
  now: Temporal.Instant;
};

/** One road per episode, the latest first. */
function roadsOf(road: Road) {
  const episodes = Map.groupBy(road.visits, ({ episodeId }) => episodeId);
  return [...episodes].map(([episodeId, visits]) => {
    const prescription = road.prescriptions.find(
      (one) => one.episodeId === episodeId && one.state !== 'cancelled',
    );
    const isClosed = road.prescriptions.some(
      (one) => one.episodeId === episodeId && one.episodeState === 'closed',
    );
    return {
      episodeId,
      title: `With ${visits.at(-1)!.practitionerName} at ${visits[0]!.clinicName}`,
      isClosed,
      steps: stepsOf(road, visits, prescription),
    };
  });
}

function stepsOf(
  road: Road,
  visits: readonly MyVisit[],
  prescription: MyPrescription | undefined,
): RoadStep[] {
  const consultation = visits.find(
    ({ kind, state }) => kind === 'consultation' && !['cancelled', 'no_show', 'left_unseen'].includes(state),
  );
  if (consultation === undefined) return [];
  const steps: RoadStep[] = [];
  if (consultation.consultationId === null) {
    steps.push(
      road.hasAnswers
        ? {
            title: 'Your health questions',
            state: 'done',
            action: { text: 'Look again', to: 'health', id: '' },
          }
        : {
            title: 'Your health questions',
            state: 'ready',
            note: 'Best before the visit; at the desk is fine too.',
            action: { text: 'Answer them', to: 'health', id: '' },
          },
      {
        title: 'Consultation',
        state: 'not_yet',
        opens: formatDayTime(consultation.during.start!, consultation.timeZone),
        why: 'Face to face, in person.',
      },
    );
    return steps;
  }
  steps.push({
    title: 'Consultation',
    state: 'done',
    note: formatDate(consultation.during.start!, consultation.timeZone),
    action: { text: 'Read the summary', to: 'consultation', id: consultation.consultationId },
  });
  if (prescription === undefined) return steps;
  const people = { prescriber: prescription.prescriberName, injector: prescription.injectorName };
  const facts = road.facts.get(prescription.treatmentId ?? prescription.id);
  const treatment = visits.find(({ id }) => id === prescription.treatmentId);
  const consented = prescription.consentState === 'given';
  steps.push(
    consented
      ? {
          title: 'Your consent',
          state: 'done',
          note: `Given ${formatDate(prescription.consentGivenAt!, prescription.timeZone)}`,
          action: { text: 'Read it, or take it back', to: 'consent', id: prescription.id },
        }
      : prescription.state === 'active'
        ? {
            title: 'Your consent',
            state: 'ready',
            note: 'Only you can give it, and you may take it back at any time.',
            action: { text: 'Read and decide', to: 'consent', id: prescription.id },
          }
        : { title: 'Your consent', state: 'done' },
  );
  if (treatment !== undefined && treatment.state !== 'confirmed' && treatment.startedAt !== null) {
    steps.push({
      title: 'Treatment visit',
      state: 'done',
      note: formatDate(treatment.startedAt, treatment.timeZone),
    });
    const review = visits.find(
      ({ kind, state }) => kind === 'follow_up' && !['cancelled', 'no_show', 'left_unseen'].includes(state),
    );
    steps.push(
      review === undefined
        ? {
            title: 'Review visit',
            state: 'ready',
            note: 'About two weeks after, to look at it together.',
            action: { text: 'Choose a time', to: 'review', id: treatment.id },
          }
        : review.state === 'completed'
          ? { title: 'Review visit', state: 'done', note: formatDate(review.during.start!, review.timeZone) }
          : {
              title: 'Review visit',
              state: 'not_yet',
              opens: formatDayTime(review.during.start!, review.timeZone),
            },
    );
    return steps;
  }
  if (treatment !== undefined) {
    steps.push({
      title: 'Treatment visit',
      state: 'not_yet',
      why: 'You may change your mind until it begins, and in the chair.',
      opens: formatDayTime(treatment.during.start!, treatment.timeZone),
      note: `With ${prescription.injectorName}`,
    });
    for (const step of facts === undefined ? [] : openSteps(evaluateGate(facts, 'booking'))) {
      steps.push({ ...notYet(step, people, prescription.timeZone), state: 'not_yet' });
    }
    return steps;
  }
  // Time may simply pass: then one books for the day on which it has.
  const waiting =
    facts === undefined
      ? []
      : openSteps(evaluateGate(facts, 'booking')).filter(({ code }) => code !== 'consent');
  for (const step of waiting)
    steps.push({ ...notYet(step, people, prescription.timeZone), state: 'not_yet' });
  const onlyTime = waiting.every(({ opensAt }) => opensAt !== null);
  if (consented && onlyTime) {
    steps.push({
      title: 'Treatment visit',
      state: 'ready',
      note: `With ${prescription.injectorName}. Book it for a day after your time to think.`,
      action: { text: 'Choose a time', to: 'treatment', id: prescription.id },
    });
  } else if (prescription.state === 'active') {
    steps.push({ title: 'Treatment visit', state: 'not_yet', why: 'The steps above come first.' });
  }
  return steps;
}

function notYet(
  step: Parameters<typeof wordsForPatient>[0] & { opensAt?: Temporal.Instant | null },
  people: { prescriber: string; injector: string },
  timeZone: string,
) {
  const { title, why, opens, whose } = wordsForPatient(step, people);
  return { title, why, whose, opens: step.opensAt ? formatDayTime(step.opensAt, timeZone) : opens };
}

/** One visit of the patient's own, with free times to move it to when `from` is asked. */
export async function readMyVisit(db: Db, actor: Actor, appointmentId: string) {
  return transact(db, actor, async (trx) => {
    const { id: patientId } = await requirePatient(trx, actor);
    const [visit] = await findMyVisits(trx, patientId, appointmentId);
    if (visit === undefined) throw new Refusal('not_found');
    return shownVisit(visit, await appNow(trx));
  });
}

/** Free times at the same place and practitioner, for moving a visit. */
export async function readTimesToMove(db: Db, actor: Actor, appointmentId: string) {
  const { visit, now } = await transact(db, actor, async (trx) => {
    const { id: patientId } = await requirePatient(trx, actor);
    const [found] = await findMyVisits(trx, patientId, appointmentId);
    if (found === undefined) throw new Refusal('not_found');
    return { visit: found, now: await appNow(trx) };
  });
  const shown = shownVisit(visit, now);
  if (!shown.mayMove) return { visit: shown, days: [] };
  const from = localDate(now, visit.timeZone);
  const slots = await freeSlots(db, {
    practitionerIds: [visit.practitionerId],
    locationId: visit.locationId,
    kind: visit.kind,
    from,
    to: Temporal.PlainDate.from(from).add({ days: SLOT_DAYS }).toString(),
  });
  return { visit: shown, days: slotDays(slots) };
}

/** The latest health answers, for the form. */
export async function readMyHealth(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) => {
    const { id: patientId } = await requirePatient(trx, actor);
    const latest = await findLatestAnswers(trx, patientId);
    const consulted = (await findMyVisits(trx, patientId)).some(
      ({ consultationId }) => consultationId !== null,
    );
    const [year = '', month = '', day = ''] = latest?.lastTreatedElsewhereOn?.split('-') ?? [];
    return {
      answers: (latest?.answers ?? {}) as Record<string, string>,
      lastTreatedElsewhereOn: { day, month, year },
      answered: latest === undefined ? null : formatDate(latest.answeredAt, 'UTC'),
      lines: describeHealthAnswers(latest?.answers),
      /** A change now goes to the prescriber first. */
      consulted,
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
      episodeId: record.episodeId!,
      with: [record.title, record.displayName].filter(Boolean).join(' '),
      date: formatDate(record.signedAt!, record.timeZone),
      outcome: OUTCOMES[record.outcome ?? ''] ?? '',
      isSuitable: record.outcome === 'suitable',
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

function shownPrescription(prescription: MyPrescription) {
  return {
    id: prescription.id,
    episodeId: prescription.episodeId,
    state: prescription.state,
    productName: prescription.productName,
    doseUnits: prescription.doseUnits,
    regions: prescription.regions,
    directions: prescription.directions,
    prescriber: prescription.prescriberName,
    injector: prescription.injectorName,
    issued: formatDate(prescription.issuedAt, prescription.timeZone),
    expires: formatDate(prescription.expiresAt, prescription.timeZone),
    consentGiven: prescription.consentState === 'given',
    consentDate:
      prescription.consentGivenAt && formatDate(prescription.consentGivenAt, prescription.timeZone),
    treatmentBooked: prescription.treatmentId !== null,
  };
}

/** The page on which the patient reads, agrees, or says no. */
export async function readConsentPage(db: Db, actor: Actor, prescriptionId: string) {
  return transact(db, actor, async (trx) => {
    const { prescription } = await requireOwnPrescription(trx, actor, prescriptionId);
    return { prescription: shownPrescription(prescription), risks: RISKS };
  });
}

/** Free times for the treatment, from the end of the time to think until the prescription or consultation ends. */
export async function readTreatmentTimes(
  db: Db,
  actor: Actor,
  prescriptionId: string,
  fromDay: string | null,
) {
  const { prescription, facts, now } = await transact(db, actor, async (trx) => ({
    ...(await requireOwnPrescription(trx, actor, prescriptionId)),
    facts: (await findGateFacts(trx, [{ prescriptionId }])).get(prescriptionId),
    now: await appNow(trx),
  }));
  if (facts === undefined) throw new Refusal('not_found');
  const waiting = openSteps(evaluateGate(facts, 'booking'));
  const blocked = waiting.filter(({ opensAt }) => opensAt === null);
  const people = { prescriber: prescription.prescriberName, injector: prescription.injectorName };
  const opensAt = latest([now, ...waiting.flatMap(({ opensAt }) => opensAt ?? [])]);
  const { timeZone } = prescription;
  const first = Temporal.PlainDate.from(localDate(opensAt, timeZone));
  const asked =
    fromDay !== null && /^\d{4}-\d{2}-\d{2}$/.test(fromDay) && fromDay > first.toString()
      ? Temporal.PlainDate.from(fromDay)
      : first;
  const last = asked.add({ days: SLOT_DAYS });
  const slots =
    blocked.length > 0
      ? []
      : await freeSlots(db, {
          practitionerIds: [prescription.injectorId],
          kind: 'treatment',
          from: asked.toString(),
          to: last.toString(),
        });
  const possible = slots.filter(
    ({ start, end }) =>
      Temporal.Instant.compare(start, opensAt) >= 0 &&
      openSteps(evaluateGate({ ...facts, startsAt: start, endsAt: end }, 'booking')).length === 0,
  );
  return {
    prescription: shownPrescription(prescription),
    blocked: blocked.map((step) => notYet(step, people, timeZone)),
    opensText: formatDay(opensAt, timeZone),
    zone: formatZone(timeZone),
    days: withPlaces(possible),
    laterFrom: last.add({ days: 1 }).toString(),
  };
}

/** Free times for the review visit, from ten days after the treatment. */
export async function readReviewTimes(db: Db, actor: Actor, treatmentId: string) {
  const { treated, now } = await transact(db, actor, async (trx) => {
    const { id: patientId } = await requirePatient(trx, actor);
    const found = await findTreated(trx, patientId, treatmentId);
    if (found === undefined) throw new Refusal('not_found');
    return { treated: found, now: await appNow(trx) };
  });
  const { timeZone, startedAt, practitionerId } = treated;
  const usual = startedAt!.add({ hours: 10 * 24 });
  const from = Temporal.PlainDate.from(localDate(latest([now, usual]), timeZone));
  const slots = await freeSlots(db, {
    practitionerIds: [practitionerId],
    kind: 'follow_up',
    from: from.toString(),
    to: from.add({ days: 14 }).toString(),
  });
  return {
    treatmentId,
    with: [treated.title, treated.displayName].filter(Boolean).join(' '),
    clinicPhone: treated.clinicPhone,
    zone: formatZone(timeZone),
    days: withPlaces(slots),
  };
}

/** What the patient has told about a treatment, and whether somebody answered. */
export async function readUrgentPage(db: Db, actor: Actor, treatmentId: string) {
  return transact(db, actor, async (trx) => {
    const { id: patientId } = await requirePatient(trx, actor);
    const treated = await findTreated(trx, patientId, treatmentId);
    if (treated === undefined) throw new Refusal('not_found');
    const contacts = await findUrgentContacts(trx, treatmentId);
    return {
      treatmentId,
      clinicName: treated.clinicName,
      clinicPhone: treated.clinicPhone,
      numbers: await emergencyNumbers(trx, treated.jurisdiction as Jurisdiction),
      contacts: contacts.map((contact) => ({
        id: contact.id,
        message: contact.message,
        sent: formatDayTime(contact.createdAt, treated.timeZone),
        seen: contact.acknowledgedAt && formatTime(contact.acknowledgedAt, treated.timeZone),
      })),
    };
  });
}

/** Whom to call, by the policy of a place. */
export async function emergencyNumbers(db: Db | Trx, jurisdiction: Jurisdiction) {
  const today = (await appNow(db)).toZonedDateTimeISO('UTC').toPlainDate();
  const policy = await policyOf(db, jurisdiction, today);
  return { emergency: policy.emergency_number, advice: policy.urgent_advice_number };
}

/** Times with the place in the value of each: the form sends both. */
function withPlaces(slots: Awaited<ReturnType<typeof freeSlots>>) {
  const byDay = Map.groupBy(slots, ({ start, timeZone }) => localDate(start, timeZone));
  return [...byDay].map(([date, onDay]) => ({
    date,
    text: formatDay(onDay[0]!.start, onDay[0]!.timeZone),
    times: onDay.map(({ start, timeZone, locationId }) => ({
      datetime: start.toString(),
      text: formatTime(start, timeZone),
      value: `${start.toString()} ${locationId}`,
    })),
  }));
}

function latest(instants: readonly Temporal.Instant[]): Temporal.Instant {
  return instants.reduce((a, b) => (Temporal.Instant.compare(a, b) > 0 ? a : b));
}
