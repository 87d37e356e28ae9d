import { randomUUID } from 'node:crypto';
import { freeSlots } from '#lib/server/domain/availability/reads.ts';
import { arrive } from '#lib/server/domain/booking/arrive.ts';
import { cancelAppointment } from '#lib/server/domain/booking/cancel-appointment.ts';
import { confirmBooking } from '#lib/server/domain/booking/confirm-booking.ts';
import { expireHolds } from '#lib/server/domain/booking/expire-holds.ts';
import { extendHold } from '#lib/server/domain/booking/extend-hold.ts';
import { holdSlot } from '#lib/server/domain/booking/hold-slot.ts';
import { leaveUnseen } from '#lib/server/domain/booking/leave-unseen.ts';
import { markNoShow } from '#lib/server/domain/booking/mark-no-show.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import { addAddendum } from '#lib/server/domain/care/add-addendum.ts';
import { answerHealthQuestions } from '#lib/server/domain/care/answer-health-questions.ts';
import { bookReviewVisit } from '#lib/server/domain/care/book-review-visit.ts';
import { bookTreatment } from '#lib/server/domain/care/book-treatment.ts';
import { cancelPrescription } from '#lib/server/domain/care/cancel-prescription.ts';
import { closeEpisode } from '#lib/server/domain/care/close-episode.ts';
import { confirmHealth } from '#lib/server/domain/care/confirm-health.ts';
import { confirmConsent } from '#lib/server/domain/care/confirm-consent.ts';
import { decideHealthChange } from '#lib/server/domain/care/decide-health-change.ts';
import { giveConsent } from '#lib/server/domain/care/give-consent.ts';
import { issuePrescription } from '#lib/server/domain/care/issue-prescription.ts';
import { overrideInterval } from '#lib/server/domain/care/override-interval.ts';
import { receiveVial } from '#lib/server/domain/care/receive-vial.ts';
import { recordReviewVisit } from '#lib/server/domain/care/record-review-visit.ts';
import { signTreatment } from '#lib/server/domain/care/record-treatment.ts';
import { signConsultation } from '#lib/server/domain/care/sign-consultation.ts';
import { startTreatment } from '#lib/server/domain/care/start-treatment.ts';
import { startVisit } from '#lib/server/domain/care/start-visit.ts';
import { takeHealthAnswers } from '#lib/server/domain/care/take-health-answers.ts';
import { DEVIATION_WORDS } from '#lib/server/domain/care/treatment.ts';
import { withdrawConsent } from '#lib/server/domain/care/withdraw-consent.ts';
import { resumePaused } from '#lib/server/domain/oversight/resume-paused.ts';
import { suspendPractitioner } from '#lib/server/domain/oversight/suspend.ts';
import type { Actor } from '#lib/server/domain/shared/actor.ts';
import { passTime, type Signer } from '../builders/act.ts';
import type { Patient } from '../builders/people.ts';
import { vet } from '../builders/vetting.ts';
import { draft, given } from '../domain/care/world.ts';
import { everyItem } from '../builders/care.ts';
import type { Facts } from './facts.ts';
import type { Rehearsal } from './one-connection.ts';
import type { Stage } from './stage.ts';

/** One try: by whom, about which patient, and a number that chooses between its varieties. */
export type Try = {
  readonly stage: Stage;
  readonly rehearsal: Rehearsal;
  readonly patient: Patient;
  readonly facts: Facts;
  /** Somebody who has nothing to do with it, perhaps; by default whoever it belongs to. */
  readonly actor: Signer | null;
  readonly variant: number;
  /** Which of the patient's visits; by default any. */
  readonly visit?: VisitKind;
};
export type VisitKind = 'consultation' | 'treatment' | 'review';

const NOTHING = randomUUID();
const account = (accountId: string): Actor => ({ kind: 'account', accountId });
const by = (one: Try, owner: string | undefined) =>
  account(one.actor?.accountId ?? owner ?? one.stage.town.reviewers[0].accountId);
const chosen = <T>(options: readonly T[], variant: number) => options[variant % options.length]!;

/** A free time of a practitioner: the first one after `from`, or a later one. */
async function freeTime(
  one: Try,
  practitionerId: string,
  kind: 'consultation' | 'treatment' | 'follow_up',
  from = one.facts.now,
) {
  const earliest = Temporal.Instant.from(from);
  const slots = await freeSlots(one.rehearsal.app, {
    practitionerIds: [practitionerId],
    locationId: one.stage.town.leeds.locationId,
    kind,
    from: earliest.toString().slice(0, 10),
    to: earliest
      .add({ hours: 5 * 24 })
      .toString()
      .slice(0, 10),
  });
  const free = slots.filter(({ start }) => Temporal.Instant.compare(start, earliest) >= 0);
  // A time that is on offer to nobody is asked for as well.
  return free[one.variant % 3]?.start ?? earliest.round({ smallestUnit: 'hour', roundingMode: 'ceil' });
}

const location = ({ stage }: Try) => stage.town.leeds.locationId;
const visit = ({ facts, variant, visit: kind }: Try) =>
  kind
    ? facts[kind]
    : chosen(
        [facts.consultation, facts.treatment, facts.review].filter((each) => each !== null),
        variant,
      );
const consultationOf = (one: Try) => ({ appointmentId: one.facts.consultation?.id ?? NOTHING });
const treatmentOf = (one: Try) => ({ appointmentId: one.facts.treatment?.id ?? NOTHING });
const prescriptionOf = (one: Try) => ({ prescriptionId: one.facts.prescription?.id ?? NOTHING });
const answersTo = (variant: number) => ({
  answers: { pregnant_or_breastfeeding: chosen(['no', 'no', 'unsure'], variant), more: String(variant % 4) },
  lastTreatedElsewhereOn: null,
});

/** What anybody may try. Each is one command of the application, or the passing of time. */
export const verbs = {
  hold: async (one) => {
    const who = chosen(one.stage.practitioners, one.variant);
    return holdSlot(one.rehearsal.app, by(one, one.patient.accountId), {
      practitioner: who.slug,
      location: location(one),
      start: await freeTime(one, who.id, 'consultation'),
      dateOfBirth: chosen([null, null, one.patient.dateOfBirth, '2015-06-01'], one.variant),
      visitorToken: `browser of ${one.patient.id}`,
    });
  },
  extend: (one) =>
    extendHold(one.rehearsal.app, by(one, one.patient.accountId), {
      ...consultationOf(one),
      partyId: one.facts.consultation?.party ?? null,
    }),
  confirm: (one) =>
    confirmBooking(one.rehearsal.app, by(one, one.patient.accountId), {
      ...consultationOf(one),
      partyId: one.facts.consultation?.party ?? null,
    }),
  cancel: (one) =>
    cancelAppointment(one.rehearsal.app, by(one, one.patient.accountId), {
      appointmentId: visit(one)?.id ?? NOTHING,
    }),
  move: async (one) => {
    const moved = visit(one);
    const kind = moved === one.facts.treatment ? 'treatment' : 'consultation';
    return moveAppointment(one.rehearsal.app, by(one, one.patient.accountId), {
      appointmentId: moved?.id ?? NOTHING,
      start: await freeTime(
        one,
        moved?.practitioner ?? NOTHING,
        kind,
        chosen([one.facts.now, moved?.start], one.variant),
      ),
    });
  },
  arrive: (one) =>
    arrive(one.rehearsal.app, by(one, one.patient.accountId), { appointmentId: visit(one)?.id ?? NOTHING }),
  leaveUnseen: (one) =>
    leaveUnseen(one.rehearsal.app, by(one, one.patient.accountId), {
      appointmentId: visit(one)?.id ?? NOTHING,
    }),
  markNoShow: (one) =>
    markNoShow(one.rehearsal.app, by(one, visit(one)?.account), { appointmentId: visit(one)?.id ?? NOTHING }),
  answerHealth: (one) =>
    answerHealthQuestions(one.rehearsal.app, by(one, one.patient.accountId), answersTo(one.variant)),
  giveConsent: (one) =>
    giveConsent(one.rehearsal.app, by(one, one.patient.accountId), {
      ...prescriptionOf(one),
      ...everyItem('england'),
    }),
  withdrawConsent: (one) =>
    withdrawConsent(one.rehearsal.app, by(one, one.patient.accountId), prescriptionOf(one)),
  bookTreatment: async (one) => {
    const { prescription, now } = one.facts;
    return bookTreatment(one.rehearsal.app, by(one, one.patient.accountId), {
      ...prescriptionOf(one),
      locationId: location(one),
      start: await freeTime(
        one,
        prescription?.injector ?? NOTHING,
        'treatment',
        chosen([latest(prescription?.thinkUntil, now), now], one.variant),
      ),
    });
  },
  bookReview: async (one) =>
    bookReviewVisit(one.rehearsal.app, by(one, one.patient.accountId), {
      treatmentId: one.facts.treatment?.id ?? NOTHING,
      locationId: location(one),
      start: await freeTime(one, one.facts.treatment?.practitioner ?? NOTHING, 'follow_up'),
    }),
  closeEpisode: (one) =>
    closeEpisode(one.rehearsal.app, by(one, one.patient.accountId), {
      episodeId: one.facts.consultation?.episode ?? NOTHING,
    }),

  startVisit: (one) =>
    startVisit(one.rehearsal.app, by(one, visit(one)?.account), { appointmentId: visit(one)?.id ?? NOTHING }),
  takeAnswers: (one) =>
    takeHealthAnswers(one.rehearsal.app, by(one, one.facts.consultation?.account), {
      ...consultationOf(one),
      ...answersTo(one.variant),
    }),
  signConsultation: (one) => {
    const flaw = chosen(
      [
        {},
        {},
        {},
        { chaperone: '' },
        { bodyImageScreen: 'positive' as const },
        { questions: [{ question: 'And if I do nothing?', answer: '' }] },
        { findings: [{ code: 'pregnancy', severity: 'absolute' as const, present: true, note: '' }] },
        { risksAcknowledged: [] },
      ],
      one.variant,
    );
    const outcome = chosen(
      ['suitable', 'suitable', 'suitable', 'defer', 'not_suitable', 'refer'] as const,
      one.variant >> 3,
    );
    return signConsultation(one.rehearsal.app, by(one, one.facts.consultation?.account), {
      ...consultationOf(one),
      draft: draft({ healthAnswersId: one.facts.answers, outcome, ...flaw }),
    });
  },
  addAddendum: (one) =>
    addAddendum(one.rehearsal.app, by(one, one.facts.consultation?.account), {
      ...consultationOf(one),
      kind: chosen(['note', 'entered_in_error'] as const, one.variant),
      text: 'Written afterwards.',
    }),
  prescribe: (one) => {
    const { prescriber, injector, loneInjector } = one.stage.town;
    const seenBy = one.facts.consultation?.practitioner ?? NOTHING;
    const expected = seenBy === prescriber.id ? injector.id : seenBy;
    return issuePrescription(one.rehearsal.app, by(one, one.facts.consultation?.account), {
      ...consultationOf(one),
      injectorId: chosen([expected, prescriber.id, loneInjector.id], one.variant),
      productCode: chosen(['botox', 'botox', 'azzalure', 'xeomin'], one.variant >> 2),
      doseUnits: chosen([20, 40], one.variant),
      topUpUnits: chosen([0, 4], one.variant),
      regions: ['frown_lines'],
      validDays: chosen([84, 3, 400], one.variant >> 1),
      directions: '',
      unchangedRequested: one.variant % 5 === 0,
    });
  },
  cancelPrescription: (one) =>
    cancelPrescription(one.rehearsal.app, by(one, one.facts.prescription?.account), {
      ...prescriptionOf(one),
      reason: 'Another plan.',
    }),
  decideAnswers: (one) =>
    decideHealthChange(one.rehearsal.app, by(one, one.facts.prescription?.account), {
      healthAnswersId: one.facts.answers ?? NOTHING,
      decision: chosen(['may_proceed', 'may_proceed', 'may_not_proceed'] as const, one.variant),
      reason: 'Read and discussed.',
    }),
  overrideInterval: async (one) =>
    overrideInterval(one.rehearsal.app, by(one, one.facts.prescription?.account), {
      ...prescriptionOf(one),
      locationId: location(one),
      start: await freeTime(
        one,
        one.facts.prescription?.injector ?? NOTHING,
        'treatment',
        latest(one.facts.prescription?.thinkUntil, one.facts.now),
      ),
      reason: 'No effect at all.',
    }),
  receiveVial: (one) =>
    receiveVial(one.rehearsal.app, by(one, one.facts.treatment?.account), {
      ...treatmentOf(one),
      custody: chosen(['dispensed', 'practice_stock'] as const, one.variant),
      batch: 'C7431A',
      expiresOn: chosen(['2099-01-01', '2099-01-01', '2020-01-01'], one.variant),
      units: 50,
    }),
  confirmHealth: (one) =>
    confirmHealth(one.rehearsal.app, by(one, one.patient.accountId), {
      ...treatmentOf(one),
      healthAnswersId: one.facts.answers ?? NOTHING,
    }),
  confirmConsent: (one) =>
    confirmConsent(one.rehearsal.app, by(one, one.facts.treatment?.account), treatmentOf(one)),
  startTreatment: (one) =>
    startTreatment(one.rehearsal.app, by(one, one.facts.treatment?.account), treatmentOf(one)),
  signTreatment: (one) =>
    signTreatment(one.rehearsal.app, by(one, one.facts.treatment?.account), {
      ...treatmentOf(one),
      draft: given({
        endedAs: chosen(['completed', 'completed', 'stopped'] as const, one.variant),
        points: [
          { region: 'frown_lines', side: 'midline', x: 0.5, y: 0.4, units: chosen([20, 200], one.variant) },
        ],
      }),
      reasons:
        one.variant % 2 === 0
          ? Object.fromEntries(Object.keys(DEVIATION_WORDS).map((kind) => [kind, 'It was so.']))
          : {},
    }),
  recordReview: (one) =>
    recordReviewVisit(one.rehearsal.app, by(one, one.facts.review?.account), {
      appointmentId: one.facts.review?.id ?? NOTHING,
      findings: 'Even.',
      symmetrical: true,
      movementKept: '',
      adverseEvent: '',
      outcomes: {},
    }),

  suspend: (one) =>
    suspendPractitioner(one.rehearsal.app, by(one, one.stage.town.reviewers[1].accountId), {
      practitionerId: chosen(one.stage.practitioners, one.variant).id,
      reason: 'Until this is cleared up.',
    }),
  reinstate: (one) =>
    one.rehearsal.asOwner((trx) =>
      vet(trx, chosen(one.stage.practitioners, one.variant), one.stage.town.reviewers),
    ),
  resumePaused: (one) => resumePaused(one.rehearsal.app),
  expireHolds: (one) => expireHolds(one.rehearsal.app),
  passTime: (one) =>
    one.rehearsal.asOwner((trx) =>
      passTime(
        trx,
        chosen(
          [
            { minutes: 11 },
            { hours: 1 },
            { hours: 24 },
            { hours: 49 },
            { hours: 15 * 24 },
            { hours: 85 * 24 },
          ],
          one.variant,
        ),
      ),
    ),
  passTimeToVisit: (one) =>
    one.rehearsal.asOwner((trx) => passTime(trx, until(visit(one)?.start, one.facts.now))),
} satisfies Record<string, (one: Try) => Promise<unknown>>;

export type Verb = keyof typeof verbs;

const latest = (one: string | undefined, other: string) =>
  one !== undefined && Temporal.Instant.compare(one, other) > 0 ? one : other;

/** How long until a visit may begin. */
function until(start: string | undefined, now: string) {
  const wait = Temporal.Instant.from(start ?? now).since(now);
  return wait.sign > 0 ? wait : new Temporal.Duration();
}
