import { localDate } from '../shared/dates.ts';
import { Refusal, type RefusalCode } from '../shared/refusal.ts';
import { isNearEnough, type PrescriberPlace } from './prescriber-place.ts';

/** What a treatment stands on, in the order of the road. */
export const STEPS = [
  'consultation',
  'age',
  'prescription',
  'time_to_think',
  'consent',
  'interval',
  'answers',
  'capability',
  'supervision',
  'cover',
  'vial',
  'prescriber_place',
  'consent_today',
] as const;
export type StepCode = (typeof STEPS)[number];

/** Whose move it is when a step is not open; `clock` opens by waiting. */
export type Mover = 'patient' | 'prescriber' | 'injector' | 'clock';

/** One step of the gate. A step that is not open says by which refusal, when it opens by itself, and whose move it is. */
export type GateStep =
  | { readonly code: StepCode; readonly state: 'done' }
  | {
      readonly code: StepCode;
      readonly state: 'not_yet';
      readonly reason: RefusalCode;
      readonly opensAt: Temporal.Instant | null;
      readonly whose: Mover;
    };
export type OpenGateStep = Extract<GateStep, { state: 'not_yet' }>;

/** A treatment that the interval counts: of this patient, by anybody known here. */
export type OtherTreatment = { readonly startsAt: Temporal.Instant; readonly retreatmentDays: number };

/** All that the gate looks at, for one start. `findGateFacts` reads them; null = not there yet. */
export type GateFacts = {
  readonly startsAt: Temporal.Instant;
  readonly endsAt: Temporal.Instant;
  readonly timeZone: string;
  readonly dateOfBirth: string;
  readonly minAgeYears: number;
  readonly consultation: {
    readonly signedAt: Temporal.Instant;
    readonly validDays: number;
    readonly coolingOffHours: number;
    readonly enteredInError: boolean;
    /** The law there wants one for each treatment, and another prescription of this one has led to a treatment already. */
    readonly neededEachTime: boolean;
    readonly treatedFrom: boolean;
  } | null;
  readonly prescription: {
    readonly state: 'active' | 'used' | 'cancelled';
    readonly expiresAt: Temporal.Instant;
    readonly retreatmentDays: number;
    readonly topUpUnits: number;
  } | null;
  readonly consent: {
    /** `asked_again`: given, but the form of the place says more since. */
    readonly state: 'given' | 'asked_again' | 'withdrawn';
    readonly confirmedAt: Temporal.Instant | null;
  } | null;
  /** The treatment that this one tops up, and the days after it in which the policy of the place allows that. */
  readonly topUpOf: {
    readonly startedAt: Temporal.Instant;
    readonly fromDay: number;
    readonly untilDay: number;
    readonly completed: boolean;
    readonly reviewedInPerson: boolean;
  } | null;
  readonly otherTreatments: readonly OtherTreatment[];
  readonly lastTreatedElsewhereOn: string | null;
  readonly intervalOverridden: boolean;
  /**
   * Whether the newest health answers are those that the consultation read, or what the prescriber wrote about them.
   * `ruled_out`: they speak against the product. `unconfirmed`: all is well, but the patient has not said for this visit
   * that they still hold.
   */
  readonly answers: 'read' | 'waiting' | 'may_proceed' | 'may_not_proceed' | 'ruled_out' | 'unconfirmed';
  readonly injectorMayInject: boolean;
  readonly injectorIsPrescriber: boolean;
  readonly injectorMayPrescribe: boolean;
  /** A supervision by this prescriber that both accepted, and the prescriber's own capability, all through the visit. */
  readonly supervised: boolean;
  readonly bothInGoodStanding: boolean;
  readonly coverNamed: boolean;
  readonly vialPlanned: boolean;
  /** The batch of that vial is put aside. */
  readonly vialQuarantined: boolean;
  /** Where the prescriber is while somebody else injects; null where nobody else does. */
  readonly prescriberPlace: {
    /** What the law of the place wants at least. */
    readonly demanded: PrescriberPlace;
    /** The prescriber has said, from their own account, that they are there. */
    readonly saysHere: boolean;
    /** What the injector says as it begins; null where that has not been asked yet. */
    readonly said: PrescriberPlace | null;
  } | null;
};

/**
 * Every step for the start in `facts`: clocks judged for that start, states as they are now (G4). The mirror of the
 * database's guards, which have the last word. `when` = 'start' adds what belongs to the day itself.
 */
export function evaluateGate(facts: GateFacts, when: 'booking' | 'start'): GateStep[] {
  const steps = [
    consultationStep(facts),
    ageStep(facts),
    prescriptionStep(facts),
    timeToThinkStep(facts),
    consentStep(facts),
    facts.topUpOf === null ? intervalStep(facts) : topUpStep(facts, facts.topUpOf),
    answersStep(facts, when),
    capabilityStep(facts),
    supervisionStep(facts),
    coverStep(facts),
  ];
  return when === 'booking'
    ? steps
    : [...steps, vialStep(facts), prescriberPlaceStep(facts), consentTodayStep(facts)];
}

/** The steps that are not open. */
export function openSteps(steps: readonly GateStep[]): OpenGateStep[] {
  return steps.filter((step) => step.state === 'not_yet');
}

/** Refuses with the first step that is not open. Who injects but does not prescribe learns no clinical reason (G4). */
export function requireGate(steps: readonly GateStep[], { forInjector }: { forInjector: boolean }): void {
  const [first] = openSteps(steps);
  if (first === undefined) return;
  throw new Refusal(forInjector && isPrescribersOwn(first) ? 'prescriber_review_needed' : first.reason);
}

/** Steps whose reason lies in the patient's health or history, and is told to patient and prescriber alone. */
export function isPrescribersOwn({ code, reason }: { code: StepCode; reason?: RefusalCode }): boolean {
  // That the patient still has to confirm says nothing about what was answered.
  if (reason === 'health_not_confirmed') return false;
  return code === 'consultation' || code === 'age' || code === 'interval' || code === 'answers';
}

function consultationStep({ consultation, topUpOf, startsAt }: GateFacts): GateStep {
  if (consultation === null) return notYet('consultation', 'consultation_missing', 'prescriber');
  const { signedAt, validDays, enteredInError, neededEachTime, treatedFrom } = consultation;
  if (enteredInError) return notYet('consultation', 'prescriber_review_needed', 'prescriber');
  if (neededEachTime && treatedFrom && topUpOf === null)
    return notYet('consultation', 'consultation_used', 'prescriber');
  return isBefore(startsAt, days(signedAt, validDays))
    ? done('consultation')
    : notYet('consultation', 'consultation_too_old', 'prescriber');
}

/** Of age on the day of the visit, there; who was born on 29 February comes of age on 1 March. */
function ageStep({ dateOfBirth, minAgeYears, startsAt, timeZone }: GateFacts): GateStep {
  const birth = Temporal.PlainDate.from(dateOfBirth);
  const thatYear = birth.add({ years: minAgeYears });
  const ofAge = thatYear.day === birth.day ? thatYear : thatYear.add({ days: 1 });
  return localDate(startsAt, timeZone) >= ofAge.toString()
    ? done('age')
    : notYet('age', 'under_age', 'clock', ofAge.toZonedDateTime(timeZone).toInstant());
}

function prescriptionStep({ prescription, endsAt }: GateFacts): GateStep {
  if (prescription === null) return notYet('prescription', 'prescription_missing', 'prescriber');
  if (prescription.state === 'used') return notYet('prescription', 'prescription_used', 'prescriber');
  if (prescription.state === 'cancelled') return notYet('prescription', 'prescription_missing', 'prescriber');
  return isBefore(prescription.expiresAt, endsAt)
    ? notYet('prescription', 'prescription_expired', 'prescriber')
    : done('prescription');
}

function timeToThinkStep({ consultation, startsAt }: GateFacts): GateStep {
  if (consultation === null) return notYet('time_to_think', 'consultation_missing', 'prescriber');
  const endsAt = consultation.signedAt.add({ hours: consultation.coolingOffHours });
  return isBefore(startsAt, endsAt)
    ? notYet('time_to_think', 'cooling_off', 'clock', endsAt)
    : done('time_to_think');
}

function consentStep({ consent }: GateFacts): GateStep {
  if (consent?.state === 'asked_again') return notYet('consent', 'consent_asked_again', 'patient');
  return consent?.state === 'given' ? done('consent') : notYet('consent', 'consent_missing', 'patient');
}

/** Both ways round: this treatment keeps clear of those before it, and of those already booked after it (G7). */
function intervalStep(facts: GateFacts): GateStep {
  const { prescription, otherTreatments, lastTreatedElsewhereOn, startsAt, timeZone } = facts;
  if (facts.intervalOverridden || prescription === null) return done('interval');
  const { retreatmentDays } = prescription;
  const opensAt = otherTreatments
    .filter((other) => isBefore(other.startsAt, days(startsAt, retreatmentDays)))
    .map((other) => days(other.startsAt, other.retreatmentDays));
  if (lastTreatedElsewhereOn !== null) {
    const opensOn = Temporal.PlainDate.from(lastTreatedElsewhereOn).add({ days: retreatmentDays });
    opensAt.push(opensOn.toZonedDateTime(timeZone).toInstant());
  }
  const latest = opensAt.sort(Temporal.Instant.compare).at(-1);
  return latest !== undefined && isBefore(startsAt, latest)
    ? notYet('interval', 'too_soon_after_treatment', 'clock', latest)
    : done('interval');
}

/** What stands in the way of a top-up and of nothing else (G7). */
export type TopUpBar =
  'too_early' | 'not_completed' | 'nothing_kept_back' | 'prescriber_only' | 'over' | 'not_reviewed';

/** The first bar of a top-up for the start in `facts`; null where there is none, or where it is no top-up. */
export function topUpBar(facts: GateFacts): TopUpBar | null {
  const { startsAt, prescription, consultation, injectorIsPrescriber, topUpOf } = facts;
  if (topUpOf === null) return null;
  const { startedAt, fromDay, untilDay, completed, reviewedInPerson } = topUpOf;
  if (isBefore(startsAt, days(startedAt, fromDay))) return 'too_early';
  if (!completed) return 'not_completed';
  if ((prescription?.topUpUnits ?? 0) <= 0) return 'nothing_kept_back';
  // Where each treatment needs a consultation, the prescriber's own hand stands for one.
  if (!injectorIsPrescriber && consultation?.neededEachTime === true) return 'prescriber_only';
  if (isBefore(days(startedAt, untilDay), startsAt)) return 'over';
  return reviewedInPerson ? null : 'not_reviewed';
}

/** The same question, not earlier than a top-up may start: what else is in the way, apart from waiting. */
export function fromTopUpOpening(facts: GateFacts): GateFacts {
  const { startsAt, endsAt, topUpOf } = facts;
  const opens = topUpOf && days(topUpOf.startedAt, topUpOf.fromDay);
  return opens !== null && isBefore(startsAt, opens)
    ? { ...facts, startsAt: opens, endsAt: opens.add(startsAt.until(endsAt)) }
    : facts;
}

function topUpStep(facts: GateFacts, { startedAt, fromDay }: NonNullable<GateFacts['topUpOf']>): GateStep {
  const bar = topUpBar(facts);
  if (bar === null) return done('interval');
  return bar === 'too_early'
    ? notYet('interval', 'top_up_not_open', 'clock', days(startedAt, fromDay))
    : notYet('interval', 'top_up_not_open', 'prescriber');
}

/** Confirmed shortly before the visit; booking asks for no confirmation yet. */
function answersStep({ answers }: GateFacts, when: 'booking' | 'start'): GateStep {
  if (answers === 'unconfirmed')
    return when === 'booking' ? done('answers') : notYet('answers', 'health_not_confirmed', 'patient');
  if (answers === 'ruled_out') return notYet('answers', 'answers_rule_out', 'prescriber');
  return answers === 'read' || answers === 'may_proceed'
    ? done('answers')
    : notYet('answers', 'prescriber_review_needed', 'prescriber');
}

function capabilityStep({ injectorMayInject, bothInGoodStanding }: GateFacts): GateStep {
  if (!bothInGoodStanding) return notYet('capability', 'practitioner_unavailable', 'injector');
  return injectorMayInject ? done('capability') : notYet('capability', 'injector_not_permitted', 'injector');
}

function supervisionStep({ injectorIsPrescriber, injectorMayPrescribe, supervised }: GateFacts): GateStep {
  const stands = injectorMayPrescribe || (!injectorIsPrescriber && supervised);
  return stands ? done('supervision') : notYet('supervision', 'supervision_missing', 'injector');
}

function coverStep({ coverNamed }: GateFacts): GateStep {
  return coverNamed ? done('cover') : notYet('cover', 'cover_missing', 'injector');
}

function vialStep({ vialPlanned, vialQuarantined }: GateFacts): GateStep {
  if (vialQuarantined) return notYet('vial', 'vial_quarantined', 'injector');
  return vialPlanned ? done('vial') : notYet('vial', 'vial_missing', 'injector');
}

/** Before it is said, only the prescriber's own word can be missing: where the law wants them on site. */
function prescriberPlaceStep({ prescriberPlace }: GateFacts): GateStep {
  if (prescriberPlace === null) return done('prescriber_place');
  const { demanded, saysHere, said } = prescriberPlace;
  const place = said ?? demanded;
  if (!isNearEnough(place, demanded)) return notYet('prescriber_place', 'prescriber_too_far', 'prescriber');
  return place === 'on_site' && !saysHere
    ? notYet('prescriber_place', 'prescriber_not_here', 'prescriber')
    : done('prescriber_place');
}

function consentTodayStep({ consent, startsAt, timeZone }: GateFacts): GateStep {
  const confirmedAt = consent?.state === 'given' ? consent.confirmedAt : null;
  return confirmedAt !== null && localDate(confirmedAt, timeZone) === localDate(startsAt, timeZone)
    ? done('consent_today')
    : notYet('consent_today', 'consent_not_confirmed_today', 'injector');
}

function done(code: StepCode): GateStep {
  return { code, state: 'done' };
}

function notYet(
  code: StepCode,
  reason: RefusalCode,
  whose: Mover,
  opensAt: Temporal.Instant | null = null,
): GateStep {
  return { code, state: 'not_yet', reason, opensAt, whose };
}

function isBefore(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Temporal.Instant.compare(a, b) < 0;
}

/** Days of 24 hours, as the database counts them. */
function days(from: Temporal.Instant, count: number): Temporal.Instant {
  return from.add({ hours: count * 24 });
}
