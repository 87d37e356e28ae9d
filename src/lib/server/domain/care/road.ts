import { formatDate, formatDayTime } from '../shared/dates.ts';
import { openSteps, type GateStep, type OpenGateStep, type TopUpBar } from './gate.ts';
import type { MyPrescription, MyVisit } from './patient-queries.ts';
import { wordsForPatient } from './step-words.ts';
import { barsForPatient, type TopUpDays } from './top-up.ts';

/** Where a step of the road leads. */
export type RoadAction = {
  text: string;
  to: 'health' | 'visit' | 'consultation' | 'consent' | 'treatment' | 'review' | 'topUp';
  id: string;
};

/** One step of the road, as My care shows it. A step that is not open says why, and what opens it. */
export type RoadStep = {
  title: string;
  state: 'done' | 'ready' | 'not_yet';
  why?: string;
  opens?: string;
  whose?: string;
  note?: string;
  action?: RoadAction;
};

/** One course of care: its visits, the prescription that stands, and what the gate says of it. */
export type Course = {
  readonly visits: readonly MyVisit[];
  readonly prescription: MyPrescription | undefined;
  /** Of the next treatment on it: the top-up, once the first one is done. */
  readonly gate: readonly GateStep[];
  /** What stands in the way of the top-up alone, when its time has come. */
  readonly topUpBar?: TopUpBar | null;
  readonly topUpDays?: TopUpDays | null;
  readonly health: 'none' | 'begun' | 'given';
  /** The treatment for which the health answers are confirmed once more, shortly before. */
  readonly confirm?:
    { isOpen: boolean; isConfirmed: boolean; opensAt: Temporal.Instant; timeZone: string } | undefined;
};

/** What each outcome means for the patient. */
export const OUTCOME_WORDS: Readonly<Record<string, string>> = {
  suitable: 'You can go on if you want to. There is no hurry, and doing nothing is a good choice too.',
  not_suitable: 'Your prescriber found that this is not right for you, and told you why.',
  defer: 'Not now. Your prescriber told you what has to change first.',
  refer: 'Your prescriber asks that somebody else sees you first.',
};

const CAME_TO_NOTHING = ['cancelled', 'no_show', 'left_unseen'];

/** The whole road from consultation to review visit; empty when no consultation stands. */
export function roadOf(course: Course): RoadStep[] {
  const consultation = latest(course, 'consultation');
  if (consultation === undefined) return [];
  if (consultation.consultationId === null) {
    return [
      healthStep(course),
      booked('Consultation', consultation, 'Face to face, in person.'),
      ...ahead('think'),
    ];
  }
  const seen: RoadStep = {
    title: 'Consultation',
    state: 'done',
    note: formatDate(consultation.during.start!, consultation.timeZone),
    action: { text: 'Read the summary', to: 'consultation', id: consultation.consultationId },
  };
  if (consultation.outcome !== 'suitable') {
    return [{ ...seen, why: OUTCOME_WORDS[consultation.outcome ?? ''] }];
  }
  if (course.prescription === undefined) {
    const why = 'Your prescriber writes one in your name, if you both want to go on.';
    return [seen, notYet('Prescription', why, consultation.practitionerName), ...ahead('think')];
  }
  return [seen, ...afterPrescription(course, course.prescription)];
}

function afterPrescription(course: Course, prescription: MyPrescription): RoadStep[] {
  const treatment = course.visits.find(({ id }) => id === prescription.treatmentId);
  const consent = consentStep(prescription);
  if (treatment !== undefined && treatment.startedAt !== null) {
    return [
      consent,
      treatedStep(treatment),
      reviewStep(course, treatment),
      ...topUpSteps(course, prescription, treatment),
    ];
  }
  const waiting = openSteps(course.gate);
  const think = waiting.find(({ code }) => code === 'time_to_think');
  const others = waiting.filter(({ code }) => code !== 'time_to_think' && code !== 'consent');
  return [
    think === undefined ? { title: 'Time to think', state: 'done' } : stepForPatient(think, prescription),
    consent,
    ...others.map((step) => stepForPatient(step, prescription)),
    treatment === undefined
      ? bookTreatmentStep(prescription, waiting)
      : booked('Treatment visit', treatment, 'You may change your mind until it begins, and in the chair.'),
    ...confirmStep(course),
    ...ahead('review'),
  ];
}

/** A step of the gate that is not open, in the patient's words. */
export function stepForPatient(
  step: OpenGateStep,
  { id, prescriberName, injectorName, timeZone }: MyPrescription,
): RoadStep {
  const people = { prescriber: prescriberName, injector: injectorName };
  const { title, why, opens, whose } = wordsForPatient(step, people);
  const opensAt = step.opensAt && formatDayTime(step.opensAt, timeZone);
  const shown: RoadStep = { title, state: 'not_yet', why, whose, opens: opensAt ?? opens };
  return step.code === 'consent'
    ? { ...shown, action: { text: 'Read and decide', to: 'consent', id } }
    : shown;
}

function healthStep({ health }: Course): RoadStep {
  const title = 'Your health questions';
  return health === 'given'
    ? { title, state: 'done', action: { text: 'Look again, or change them', to: 'health', id: '' } }
    : {
        title,
        state: 'ready',
        note: 'Best before the visit; at the desk is fine too.',
        action: { text: health === 'begun' ? 'Go on with them' : 'Answer them', to: 'health', id: '' },
      };
}

/** Once more before the treatment, in private. */
function confirmStep({ confirm }: Course): RoadStep[] {
  if (confirm === undefined) return [];
  const title = 'Your health answers, once more';
  const action = { text: 'Look at them', to: 'health', id: '' } as const;
  if (confirm.isConfirmed) return [{ title, state: 'done', action }];
  if (confirm.isOpen)
    return [{ title, state: 'ready', note: 'Say whether they still hold, before your visit.', action }];
  const opens = formatDayTime(confirm.opensAt, confirm.timeZone);
  return [
    { title, state: 'not_yet', why: 'Shortly before the visit you say whether they still hold.', opens },
  ];
}

function consentStep(prescription: MyPrescription): RoadStep {
  const { id, state, consentState, consentGivenAt, consentComplete, treatmentState, timeZone } = prescription;
  const title = 'Your consent';
  const next = treatmentState === 'completed' ? prescription.topUpState : treatmentState;
  const isAhead = state === 'active' && (next === null || next === 'confirmed');
  if (consentState === 'given' && !consentComplete && isAhead) {
    return {
      title,
      state: 'ready',
      note: 'The form says more than it did when you agreed.',
      action: { text: 'Read it again and decide', to: 'consent', id },
    };
  }
  if (consentState === 'given') {
    return {
      title,
      state: 'done',
      note: `Given ${formatDate(consentGivenAt!, timeZone)}`,
      action: { text: state === 'active' ? 'Read it, or take it back' : 'Read it', to: 'consent', id },
    };
  }
  if (state !== 'active')
    return notYet(title, 'This prescription has ended, so there is nothing to agree to.');
  return {
    title,
    state: 'ready',
    note: 'Only you can give it, and you may take it back at any time.',
    action: { text: 'Read and decide', to: 'consent', id },
  };
}

/** Time may simply pass: one books for a day on which it has. */
function bookTreatmentStep({ id, injectorName }: MyPrescription, waiting: readonly OpenGateStep[]): RoadStep {
  const title = 'Treatment visit';
  if (waiting.some(({ opensAt }) => opensAt === null)) return notYet(title, 'The steps above come first.');
  return {
    title,
    state: 'ready',
    note: `With ${injectorName}. You choose a day after your time to think.`,
    action: { text: 'Choose a time', to: 'treatment', id },
  };
}

function treatedStep({ id, startedAt, timeZone, practitionerName }: MyVisit): RoadStep {
  return {
    title: 'Treatment visit',
    state: 'done',
    note: `${formatDate(startedAt!, timeZone)}, with ${practitionerName}`,
    action: { text: 'What you were given', to: 'visit', id },
  };
}

/** What is kept back for after the review visit: offered once, while its time lasts. Nothing where nothing is. */
function topUpSteps(course: Course, prescription: MyPrescription, treatment: MyVisit): RoadStep[] {
  const { id, state, topUpUnits, topUpId, injectorName, episodeState } = prescription;
  const title = 'Small correction';
  const topUp = course.visits.find((visit) => visit.id === topUpId);
  if (topUp !== undefined && topUp.startedAt !== null) return [{ ...treatedStep(topUp), title }];
  if (topUp !== undefined)
    return [booked(title, topUp, 'Only if you still want it.'), ...confirmStep(course)];
  if (topUpUnits === 0 || state !== 'active' || treatment.state !== 'completed' || episodeState === 'closed')
    return [];
  const { topUpBar: bar = null, topUpDays: days = null } = course;
  if (days !== null && bar !== null && bar !== 'too_early')
    return [{ title, state: 'not_yet', ...barsForPatient(days)[bar] }];
  const others = openSteps(course.gate).filter(({ code, opensAt }) => code !== 'consent' && opensAt === null);
  if (others.length > 0) return others.map((step) => stepForPatient(step, prescription));
  return [
    {
      title,
      state: 'ready',
      note: `If something small is missing: once, with ${injectorName}${days === null ? '' : `, ${days.fromDay} to ${days.untilDay} days after the treatment`}.`,
      action: { text: 'Choose a time', to: 'topUp', id },
    },
  ];
}

function reviewStep(course: Course, treatment: MyVisit): RoadStep {
  const review = latest(course, 'follow_up');
  if (review?.state === 'completed') {
    return {
      title: 'Review visit',
      state: 'done',
      note: formatDate(review.during.start!, review.timeZone),
      action: { text: 'See the visit', to: 'visit', id: review.id },
    };
  }
  if (review !== undefined) return booked('Review visit', review, 'You look at it together.');
  return {
    title: 'Review visit',
    state: 'ready',
    note: 'About two weeks after, to look at it together.',
    action: { text: 'Choose a time', to: 'review', id: treatment.id },
  };
}

function booked(title: string, { id, during, timeZone, state }: MyVisit, why: string): RoadStep {
  if (state === 'paused') return notYet(title, 'It is on hold for the moment. We will tell you.');
  return {
    title,
    state: 'ready',
    note: `Booked for ${formatDayTime(during.start!, timeZone)}`,
    why,
    action: { text: 'See the visit', to: 'visit', id },
  };
}

/** What lies further on, so that everybody sees the whole road from its start. */
function ahead(from: 'think' | 'review'): RoadStep[] {
  const all = [
    notYet('Time to think', 'It begins when your prescriber has signed. Nobody hurries you.'),
    notYet('Your consent', 'You are asked after the consultation. Only you can give it.'),
    notYet('Treatment visit', 'It takes a prescription in your name, time to think and your consent.'),
    notYet('Review visit', 'About two weeks after a treatment, to look at it together.'),
  ];
  return from === 'think' ? all : all.slice(-1);
}

function notYet(title: string, why: string, whose?: string): RoadStep {
  return { title, state: 'not_yet', why, ...(whose !== undefined && { whose }) };
}

function latest({ visits }: Course, kind: MyVisit['kind']): MyVisit | undefined {
  return visits.find((visit) => visit.kind === kind && !CAME_TO_NOTHING.includes(visit.state));
}
