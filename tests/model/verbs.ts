import { randomUUID } from 'node:crypto';
import { sql, type RawBuilder } from 'kysely';
import { claimSlot } from '#lib/server/domain/availability/claim.ts';
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
import { tellEffect } from '#lib/server/domain/care/adverse-events/tell-effect.ts';
import { answerHealthQuestions } from '#lib/server/domain/care/answer-health-questions.ts';
import { letBatchGo, putBatchAside } from '#lib/server/domain/care/batches/put-aside.ts';
import { bookReviewVisit } from '#lib/server/domain/care/book-review-visit.ts';
import { bookTopUp } from '#lib/server/domain/care/book-top-up.ts';
import { bookTreatment } from '#lib/server/domain/care/book-treatment.ts';
import { cancelPrescription } from '#lib/server/domain/care/cancel-prescription.ts';
import { closeEpisode } from '#lib/server/domain/care/close-episode.ts';
import { confirmHealth } from '#lib/server/domain/care/confirm-health.ts';
import { confirmConsent } from '#lib/server/domain/care/confirm-consent.ts';
import { decideHealthChange } from '#lib/server/domain/care/decide-health-change.ts';
import { giveConsent } from '#lib/server/domain/care/give-consent.ts';
import { issuePrescription } from '#lib/server/domain/care/issue-prescription.ts';
import { overrideInterval } from '#lib/server/domain/care/override-interval.ts';
import { planVial } from '#lib/server/domain/care/plan-vial.ts';
import { sayGone, sayHere } from '#lib/server/domain/care/presence.ts';
import { receiveVial } from '#lib/server/domain/care/receive-vial.ts';
import { recordReviewVisit } from '#lib/server/domain/care/record-review-visit.ts';
import { signTreatment } from '#lib/server/domain/care/record-treatment.ts';
import { reportUrgent } from '#lib/server/domain/care/report-urgent.ts';
import { signConsultation } from '#lib/server/domain/care/sign-consultation.ts';
import { startTreatment } from '#lib/server/domain/care/start-treatment.ts';
import { startVisit } from '#lib/server/domain/care/start-visit.ts';
import { takeHealthAnswers } from '#lib/server/domain/care/take-health-answers.ts';
import { DEVIATION_WORDS } from '#lib/server/domain/care/treatment.ts';
import { withdrawConsent } from '#lib/server/domain/care/withdraw-consent.ts';
import { acceptSupervision } from '#lib/server/domain/oversight/answer-supervision.ts';
import { askForSupervision } from '#lib/server/domain/oversight/ask-for-supervision.ts';
import { endSupervision } from '#lib/server/domain/oversight/end-supervision.ts';
import { lapseListings } from '#lib/server/domain/oversight/lapse-listings.ts';
import { resumePaused } from '#lib/server/domain/oversight/resume-paused.ts';
import { suspendPractitioner } from '#lib/server/domain/oversight/suspend.ts';
import type { Actor } from '#lib/server/domain/shared/actor.ts';
import { Refusal } from '#lib/server/domain/shared/refusal.ts';
import { transact } from '#lib/server/domain/shared/transact.ts';
import { rangeValue, type Trx } from '#lib/server/platform/db.ts';
import { passTime, type Signer } from '../builders/act.ts';
import { draft, given } from '../builders/drafts.ts';
import type { Patient } from '../builders/people.ts';
import { vet } from '../builders/vetting.ts';
import { everyItem } from '../builders/care.ts';
import type { Facts } from './facts.ts';
import { LAWS, PLACES } from './law.ts';
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
  account(one.actor?.accountId ?? owner ?? one.stage.reviewers[0].accountId);
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
    locationId: location(one),
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

/** Mostly the clinic where all of it happens; now and then the one over the border. */
const location = ({ stage, variant }: Try) => (variant % 12 === 11 ? stage.elsewhere : stage.here).locationId;
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
const answersTo = ({ variant, facts, stage }: Try) => ({
  answers: { pregnant_or_breastfeeding: chosen(['no', 'no', 'unsure'], variant), more: String(variant % 4) },
  lastTreatedElsewhereOn: chosen(
    [null, null, null, dayIn(stage.here.timeZone, facts.now, -10)],
    variant >> 1,
  ),
});
/** The date in a zone, so many days from now. */
const dayIn = (zone: string, now: string, days = 0) =>
  Temporal.Instant.from(now).toZonedDateTimeISO(zone).toPlainDate().add({ days }).toString();
/** Where the injector says the prescriber is: mostly near enough, now and then not said at all. */
const placeOfPrescriber = ({ stage, variant }: Try) => {
  const where = chosen([LAWS[stage.jurisdiction].prescriber, 'on_site', ...PLACES, null] as const, variant);
  return where === null ? null : { where, way: where === 'on_site' ? '' : 'Telephone 0113 496 0101' };
};
const CONTACT = 'https://steadyhand.example/';
const BATCH = 'C7431A';

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
    answerHealthQuestions(one.rehearsal.app, by(one, one.patient.accountId), answersTo(one)),
  giveConsent: (one) =>
    giveConsent(one.rehearsal.app, by(one, one.patient.accountId), {
      ...prescriptionOf(one),
      ...everyItem(one.stage.jurisdiction),
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
      ...answersTo(one),
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
        // Rules out some products and leaves the others.
        { findings: [{ code: 'cows_milk_allergy', severity: 'caution' as const, present: true, note: '' }] },
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
    const { prescriber, otherPrescriber, injector, loneInjector, layInjector, products } = one.stage;
    const seenBy = one.facts.consultation?.practitioner ?? NOTHING;
    const theirs = { [prescriber.id]: injector.id, [otherPrescriber.id]: layInjector.id };
    return issuePrescription(one.rehearsal.app, by(one, one.facts.consultation?.account), {
      ...consultationOf(one),
      injectorId: chosen(
        [theirs[seenBy] ?? seenBy, seenBy, loneInjector.id, layInjector.id, prescriber.id],
        one.variant,
      ),
      productCode: chosen([products[0], products[0], products[1], products[2]], one.variant >> 2),
      doseUnits: chosen([20, 40, 60], one.variant),
      topUpUnits: chosen([4, 0], one.variant),
      regions: chosen([['forehead_lines', 'frown_lines'], ['frown_lines']], one.variant >> 1),
      validDays: chosen([84, 3, 400, 180], one.variant >> 1),
      directions: '',
      unchangedRequested: one.variant % 3 === 0,
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
      batch: BATCH,
      expiresOn: chosen(['2099-01-01', '2099-01-01', '2020-01-01'], one.variant),
      units: 50,
    }),
  /** Whichever vial there is, for whomever it was dispensed. */
  planVial: async (one) => {
    const vials = await one.rehearsal.asOwner((trx) =>
      trx.selectFrom('vial').select('id').orderBy('id').execute(),
    );
    return planVial(one.rehearsal.app, by(one, one.facts.treatment?.account), {
      ...treatmentOf(one),
      vialId: chosen([...vials.map(({ id }) => id), NOTHING], one.variant),
    });
  },
  putAside: (one) =>
    putBatchAside(
      one.rehearsal.app,
      by(one, chosen([one.stage.injector, one.stage.prescriber], one.variant).accountId),
      {
        productCode: one.stage.products[0],
        batch: BATCH,
        locationId: one.stage.here.locationId,
        reason: 'Cloudy after it was opened.',
      },
    ),
  letGo: async (one) =>
    letBatchGo(one.rehearsal.app, by(one, one.stage.otherPrescriber.accountId), {
      quarantineId: await theOne(one, sql`SELECT id FROM batch_quarantine WHERE released_at IS NULL`),
      reason: 'The supplier has looked at it.',
    }),
  confirmHealth: (one) =>
    confirmHealth(one.rehearsal.app, by(one, one.patient.accountId), {
      ...treatmentOf(one),
      healthAnswersId: one.facts.answers ?? NOTHING,
    }),
  confirmConsent: (one) =>
    confirmConsent(one.rehearsal.app, by(one, one.facts.treatment?.account), treatmentOf(one)),
  /** The prescriber says that they are there; or that they have left. */
  sayHere: (one) =>
    sayHere(one.rehearsal.app, by(one, one.facts.prescription?.account), { locationId: location(one) }),
  sayGone: (one) => sayGone(one.rehearsal.app, by(one, one.facts.prescription?.account)),
  startTreatment: (one) =>
    startTreatment(one.rehearsal.app, by(one, one.facts.treatment?.account), {
      ...treatmentOf(one),
      prescriber: placeOfPrescriber(one),
    }),
  signTreatment: (one) =>
    signTreatment(one.rehearsal.app, by(one, one.facts.treatment?.account), {
      ...treatmentOf(one),
      draft: given({
        productCode: chosen(
          [one.stage.products[0], one.stage.products[0], one.stage.products[2], null],
          one.variant,
        ),
        batchExpiresOn: chosen(['2099-01-01', '2020-01-01'], one.variant >> 3),
        endedAs: chosen(['completed', 'completed', 'stopped'] as const, one.variant),
        points: [
          {
            region: chosen(['frown_lines', 'chin'], one.variant >> 2),
            side: 'midline',
            x: 0.5,
            y: 0.4,
            units: chosen([4, 200], one.variant >> 1),
          },
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

  reportUrgent: (one) =>
    reportUrgent(one.rehearsal.app, { desk: CONTACT }, by(one, one.patient.accountId), {
      treatmentId: one.facts.treatment?.id ?? NOTHING,
      message: 'My left eyelid hangs a little.',
      phone: '',
    }),
  tellEffect: (one) => {
    const { treatment, now } = one.facts;
    return tellEffect(
      one.rehearsal.app,
      new URL(CONTACT),
      by(one, chosen([one.patient.accountId, treatment?.account], one.variant)),
      {
        appointmentId: treatment?.id ?? NOTHING,
        code: chosen(['bruising', 'lid_droop', 'swallowing'] as const, one.variant >> 1),
        side: 'left',
        region: '',
        onsetOn: dayIn(treatment?.zone ?? one.stage.here.timeZone, now),
        severity: 'mild',
        inHospital: false,
        words: 'Since this morning.',
      },
    );
  },

  /** The patient, or who treats, books what was kept back. */
  bookTopUp: async (one) => {
    const { prescription, treatment } = one.facts;
    const people = [one.patient.accountId, prescription?.account, prescription?.injectorAccount];
    return bookTopUp(one.rehearsal.app, by(one, chosen(people, one.variant)), {
      ...prescriptionOf(one),
      locationId: location(one),
      start: await freeTime(
        one,
        prescription?.injector ?? NOTHING,
        'treatment',
        chosen([latest(afterDays(treatment?.start, 14), one.facts.now), one.facts.now], one.variant),
      ),
    });
  },
  /** A top-up put together past the command: only the database stands before it. */
  forgeTopUp: async (one) => {
    const { treatment } = one.facts;
    const links = await one.rehearsal.asOwner((trx) => twoChains(trx, one));
    if (links === undefined || treatment === null) throw new Refusal('not_found');
    await putTogether(one, () => links.own, { topUpOf: treatment.id });
  },
  /** A treatment put together from this patient's chain and somebody else's, past every command. */
  forgeTreatment: async (one) => {
    const links = await one.rehearsal.asOwner((trx) => twoChains(trx, one));
    if (links === undefined) throw new Refusal('not_found');
    const swapped = chosen(FORGERIES, one.variant);
    await putTogether(one, (what) => (swapped === what ? links.other : links.own), {
      isIndependent: (swapped === 'independent') !== links.own.isIndependent,
      ...(swapped === 'override' && { override: one.patient.accountId }),
    });
  },
  /** The words that begin a treatment, said to the database by whoever should give it. */
  forgeStart: async (one) =>
    transact(one.rehearsal.app, by(one, one.facts.treatment?.account), async (trx) => {
      const { appointmentId } = treatmentOf(one);
      const to = (state: string) => sql`UPDATE appointment SET state = ${state} WHERE id = ${appointmentId}`;
      if (one.facts.treatment?.state === 'confirmed') await to('arrived').execute(trx);
      const said = placeOfPrescriber(one);
      const { numAffectedRows } = await sql`
        UPDATE appointment SET state = 'started', prescriber_where = ${said?.where ?? null}, prescriber_way = ${said?.way || null}
         WHERE id = ${appointmentId}`.execute(trx);
      if (numAffectedRows !== 1n) throw new Refusal('not_found');
    }),

  suspend: (one) =>
    suspendPractitioner(one.rehearsal.app, by(one, one.stage.reviewers[1].accountId), {
      practitionerId: chosen(one.stage.practitioners, one.variant).id,
      reason: 'Until this is cleared up.',
    }),
  /** As the owner, and undone where the database says no: nobody is let back who names no cover. */
  reinstate: async (one) => {
    const who = chosen(one.stage.practitioners.slice(0, 4), one.variant);
    const { reviewers, jurisdiction } = one.stage;
    const no = await one.rehearsal.asOwner(() =>
      one.rehearsal.app
        .transaction()
        .execute((trx) => vet(trx, who, reviewers, { jurisdiction }))
        .then(
          () => undefined,
          (error: unknown) => error as Error,
        ),
    );
    if (no !== undefined) throw no;
  },
  endSupervision: async (one) =>
    endSupervision(
      one.rehearsal.app,
      by(
        one,
        chosen([one.stage.injector, one.stage.prescriber, one.stage.reviewers[0]], one.variant).accountId,
      ),
      { supervisionId: await supervisionOf(one, sql`valid @> app_now()`) },
    ),
  /** The nurse asks again, and the prescriber says yes. */
  superviseAgain: async (one) => {
    const { injector, prescriber, jurisdiction } = one.stage;
    await askForSupervision(one.rehearsal.app, by(one, injector.accountId), CONTACT, {
      prescriberId: prescriber.id,
      jurisdiction,
    });
    return acceptSupervision(one.rehearsal.app, by(one, prescriber.accountId), {
      supervisionId: await supervisionOf(one, sql`valid IS NULL`),
      until: dayIn(one.stage.here.timeZone, one.facts.now, chosen([300, 20], one.variant)),
    });
  },
  /** Nobody to call out of hours any more, or somebody again. */
  changeCover: (one) =>
    one.rehearsal.asOwner((trx) =>
      trx
        .updateTable('practitioner')
        .set({ out_of_hours_phone: chosen([null, '+44 113 496 0999'], one.variant) })
        .where('id', '=', chosen(one.stage.practitioners, one.variant >> 1).id)
        .execute(),
    ),
  lapseListings: (one) => lapseListings(one.rehearsal.app),
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

/** What each of these tells has happened: nobody may be kept from writing it down, whatever else is wrong. */
export const mustBeRecorded: Partial<Record<Verb, (one: Try) => boolean>> = {
  answerHealth: ({ actor }) => actor === null,
  withdrawConsent: ({ actor, facts }) =>
    actor === null && facts.prescription?.consent === 'given' && facts.treatment?.state !== 'started',
  addAddendum: ({ actor, facts }) => actor === null && facts.signed !== null,
  signTreatment: ({ actor, facts, variant }) =>
    actor === null && facts.treatment?.state === 'started' && variant % 2 === 0,
  reportUrgent: ({ actor, facts }) => actor === null && wasGiven(facts),
  tellEffect: ({ actor, facts }) => actor === null && wasGiven(facts),
  recordReview: ({ actor, facts }) => actor === null && facts.review?.state === 'started',
};

const wasGiven = ({ treatment }: Facts) =>
  treatment !== null && ['started', 'completed', 'stopped'].includes(treatment.state);

/** One link at a time from another patient's chain; or the injector's own word, or the patient's own override. */
const FORGERIES = [
  'nothing',
  'patient',
  'consultation',
  'prescription',
  'prescriber',
  'injector',
  'consent',
  'independent',
  'override',
] as const;
/** What a treatment would carry; instants as the database writes them, to the microsecond. */
type Chain = {
  patient: string;
  born: string;
  episode: string;
  consultation: string;
  signedAt: string;
  prescription: string;
  prescriber: string;
  injector: string;
  isIndependent: boolean;
  product: string;
  expiresAt: string;
  retreatmentDays: number;
  consent: string | null;
};

/** Books it as the patient, each link from whichever chain it comes; in a free time that may be too early. */
async function putTogether(
  one: Try,
  from: (link: (typeof FORGERIES)[number]) => Chain,
  about: { topUpOf?: string; isIndependent?: boolean; override?: string },
): Promise<void> {
  const { now, prescription } = one.facts;
  const locationId = location(one);
  const practitionerId = from('injector').injector;
  const earliest = about.topUpOf
    ? now
    : chosen([now, latest(prescription?.thinkUntil, now)], one.variant >> 1);
  const start = await freeTime(one, practitionerId, 'treatment', earliest);
  await transact(one.rehearsal.app, by(one, one.patient.accountId), async (trx) => {
    const claimed = await claimSlot(trx, { practitionerId, locationId, kind: 'treatment', start });
    await sql`
      INSERT INTO appointment (kind, state, practitioner_id, location_id, clinic_id, jurisdiction, time_zone, during, block_id, block_span,
          patient_id, patient_date_of_birth, episode_id, consultation_id, consultation_signed_at, prescription_id, prescriber_id, product_code,
          prescription_expires_at, retreatment_days, consent_id, independent, top_up_of_id, interval_override_reason, interval_override_by)
      VALUES ('treatment', 'confirmed', ${practitionerId}, ${locationId}, ${claimed.clinicId}, ${claimed.jurisdiction}, ${claimed.timeZone},
          ${rangeValue(claimed.during)}, ${claimed.blockId}, ${rangeValue(claimed.blockSpan)}, ${from('patient').patient}, ${from('patient').born},
          ${from('patient').episode}, ${from('consultation').consultation}, ${from('consultation').signedAt}, ${from('prescription').prescription},
          ${from('prescriber').prescriber}, ${from('prescription').product}, ${from('prescription').expiresAt}, ${from('prescription').retreatmentDays},
          ${from('consent').consent}, ${about.isIndependent ?? from('nothing').isIndependent}, ${about.topUpOf ?? null},
          ${about.override ? 'No effect.' : null}, ${about.override ?? null})`.execute(trx);
  });
}

async function twoChains(trx: Trx, { patient, stage, variant }: Try) {
  const others = stage.patients.filter(({ id }) => id !== patient.id);
  const newest = async (patientId: string) => {
    const { rows } = await sql<Chain>`
      SELECT p.id AS patient, p.date_of_birth::text AS born, rx.episode_id AS episode, rx.consultation_id AS consultation, rx.consultation_signed_at::text AS "signedAt",
             rx.id AS prescription, rx.prescriber_id AS prescriber, rx.injector_id AS injector, rx.product_code AS product, rx.expires_at::text AS "expiresAt",
             rx.retreatment_days AS "retreatmentDays",
             EXISTS (SELECT FROM capability_period k WHERE k.practitioner_id = rx.injector_id AND k.capability = 'prescribe') AS "isIndependent",
             (SELECT k.id FROM consent k WHERE k.prescription_id = rx.id ORDER BY k.given_at DESC LIMIT 1) AS consent
        FROM prescription rx JOIN patient p ON p.id = rx.patient_id WHERE p.id = ${patientId} ORDER BY rx.id DESC LIMIT 1`.execute(
      trx,
    );
    return rows[0];
  };
  const own = await newest(patient.id);
  const other = await newest(chosen(others, variant).id);
  return own && other && { own, other };
}

/** The id that a question past row security finds, or one that nothing has. */
async function theOne({ rehearsal }: Try, question: RawBuilder<{ id: string }>): Promise<string> {
  const { rows } = await rehearsal.asOwner((trx) => question.execute(trx));
  return rows[0]?.id ?? NOTHING;
}

const supervisionOf = (one: Try, which: RawBuilder<unknown>) =>
  theOne(
    one,
    sql`SELECT id FROM supervision WHERE injector_id = ${one.stage.injector.id} AND prescriber_id = ${one.stage.prescriber.id} AND ${which}`,
  );

const latest = (one: string | undefined, other: string) =>
  one !== undefined && Temporal.Instant.compare(one, other) > 0 ? one : other;

/** So many days of 24 hours after a moment, and an hour more. */
const afterDays = (from: string | undefined, days: number) =>
  from &&
  Temporal.Instant.from(from)
    .add({ hours: days * 24 + 1 })
    .toString();

/** How long until a visit may begin. */
function until(start: string | undefined, now: string) {
  const wait = Temporal.Instant.from(start ?? now).since(now);
  return wait.sign > 0 ? wait : new Temporal.Duration();
}
