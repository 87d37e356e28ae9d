import type { Jurisdiction, Profession } from '#lib/server/domain/policy/codes.ts';
import { FLOOR, LAWS, PLACES, WITH_COWS_MILK, type PlaceOfPrescriber } from './law.ts';

/** Moments are seconds, days are dates of the place: as plain as facts can be. */
type Person = {
  readonly id: string;
  readonly account: string;
  readonly profession: Profession;
  readonly standing: string;
  readonly cover: string | null;
};
type Right = {
  readonly of: string;
  readonly to: 'consult' | 'prescribe' | 'inject';
  readonly from: number;
  readonly until: number;
  /** As long as the registers behind it are read. */
  readonly checkedUntil: number;
};
type Plan = {
  readonly id: string;
  readonly product: string;
  readonly regions: readonly string[];
  readonly dose: number;
  readonly clinic: string;
};

/** A treatment that has begun, with all that is written down about how it came to that. */
export type Begun = {
  readonly id: string;
  readonly jurisdiction: Jurisdiction;
  readonly place: string;
  readonly at: number;
  readonly day: string;
  readonly patient: { readonly id: string; readonly account: string; readonly born: string };
  readonly injector: Person;
  readonly visit: {
    readonly kind: string;
    readonly mode: string;
    readonly state: string;
    readonly patient: string;
    readonly by: string;
    readonly jurisdiction: string;
    readonly from: number;
    readonly until: number;
  } | null;
  readonly seenBy: Person | null;
  readonly record: {
    readonly id: string;
    readonly state: string;
    readonly outcome: string;
    readonly signedAt: number;
    readonly signedBy: string;
    readonly identityAndAgeSeen: boolean;
    readonly ownChoice: boolean;
    readonly capacity: string;
    readonly chaperone: string;
    readonly bodyImage: string;
    readonly answers: number | null;
    readonly present: readonly { readonly code: string; readonly severity: string }[];
    readonly unanswered: number;
    readonly risksUnread: number;
    readonly enteredInError: boolean;
  } | null;
  readonly prescription:
    | (Plan & {
        readonly patient: string;
        readonly by: string;
        readonly injector: string;
        readonly jurisdiction: string;
        readonly state: string;
        readonly issuedAt: number;
        readonly expiresAt: number;
        readonly topUpUnits: number;
        readonly sameAsBefore: boolean;
      })
    | null;
  readonly consent: {
    readonly patient: string;
    readonly prescription: string;
    readonly injector: string;
    readonly state: string;
    readonly givenBy: string;
    readonly givenAt: number;
    readonly confirmedAt: number | null;
    readonly confirmedOn: string | null;
  } | null;
  /** The newest health answers then, and the prescriber's last word on them. */
  readonly answers: { readonly version: number; readonly decision: string | null } | null;
  readonly treatedElsewhereOn: string | null;
  readonly override: { readonly reason: string; readonly by: string } | null;
  readonly topUpOf: string | null;
  /** What began before it, of the same patient, wherever. */
  readonly before: readonly {
    readonly id: string;
    readonly at: number;
    readonly day: string;
    readonly state: string;
    readonly topUpOf: string | null;
    readonly record: string;
    readonly plan: Plan;
  }[];
  readonly reviews: readonly { readonly at: number; readonly mode: string; readonly state: string }[];
  readonly rights: readonly Right[];
  /** Supervisions of this injector by who saw the patient, there, that both sides accepted. */
  readonly supervisions: readonly { readonly from: number; readonly until: number }[];
  /** Where the prescriber is, as the injector says; null where nothing was said. */
  readonly prescriberIs: { readonly where: PlaceOfPrescriber; readonly way: string | null } | null;
  /** When the prescriber was where it began, by their own word. */
  readonly wasThere: readonly { readonly from: number; readonly until: number; readonly saidBy: string }[];
  readonly vial: {
    readonly product: string;
    readonly place: string;
    readonly expiresOn: string;
    readonly dispensedFor: string | null;
    readonly heldBy: string | null;
    readonly holderWorksThere: boolean;
    readonly openedBefore: boolean;
    readonly putAside: boolean;
  } | null;
};

const HOUR = 3_600;
const DAY = 24 * HOUR;

/**
 * The oracle: which links of the chain a treatment that has begun lacks. Written from the rules, over facts alone; it knows
 * neither the guards of the database nor the gate of the domain, and nothing of either knows it.
 */
export function missingLinks(t: Begun): string[] {
  const { visit, seenBy, record, prescription: rx, consent, patient, injector } = t;
  if (!visit || !seenBy || !record || !rx || !consent)
    return ['consultation, record, prescription and consent'];
  const law = LAWS[t.jurisdiction];
  const first = t.before.find(({ id }) => id === t.topUpOf);
  const isTopUp = t.topUpOf !== null;
  const may = (who: Person, to: Right['to'], at: number) =>
    t.rights.some((right) => right.of === who.id && right.to === to && right.from <= at && at < right.until);
  const isRead = (who: Person, to: Right['to']) =>
    t.rights.some(
      (right) => right.of === who.id && right.to === to && right.until > t.at && right.checkedUntil > t.at,
    );
  const mayPrescribe = may(injector, 'prescribe', t.at);
  const others = t.before.filter(({ topUpOf }) => topUpOf === null);

  const links: readonly [link: string, holds: boolean][] = [
    [
      'a completed consultation, face to face, of this patient, under this law',
      visit.kind === 'consultation' &&
        visit.mode === 'in_person' &&
        visit.state === 'completed' &&
        visit.patient === patient.id &&
        visit.jurisdiction === t.jurisdiction,
    ],
    [
      'held and signed, in that visit, by somebody who could prescribe',
      visit.by === seenBy.id &&
        record.signedBy === seenBy.account &&
        record.signedAt >= visit.from &&
        record.signedAt <= visit.until &&
        may(seenBy, 'prescribe', record.signedAt) &&
        law.prescribe.includes(seenBy.profession),
    ],
    [
      'signed suitable, with all that takes',
      record.state === 'signed' &&
        record.outcome === 'suitable' &&
        record.identityAndAgeSeen &&
        record.ownChoice &&
        record.capacity === 'has_capacity' &&
        record.bodyImage === 'negative' &&
        record.chaperone.trim() !== '' &&
        record.unanswered === 0 &&
        record.risksUnread === 0,
    ],
    ['nothing against it', !record.present.some(({ severity }) => severity === 'absolute')],
    [
      'nothing against this product',
      !record.present.some(({ code }) => code === 'cows_milk_allergy') ||
        !WITH_COWS_MILK.includes(rx.product),
    ],
    ['not entered in error', !record.enteredInError],
    ['a consultation still current', t.at < record.signedAt + FLOOR.consultationDays * DAY],
    [
      'a consultation of its own, where each treatment needs one',
      !law.eachTreatment || isTopUp || !others.some((other) => other.record === record.id),
    ],
    [
      'a prescription of that consultation, for both of them',
      rx.patient === patient.id &&
        rx.by === seenBy.id &&
        rx.injector === injector.id &&
        rx.jurisdiction === t.jurisdiction &&
        rx.issuedAt >= record.signedAt,
    ],
    [
      'a prescription that stands, and not for longer than the law lets it',
      rx.state === 'active' &&
        t.at <= rx.expiresAt &&
        rx.expiresAt <= rx.issuedAt + law.prescriptionDays * DAY,
    ],
    ['used once, its top-up apart', isTopUp || !others.some(({ plan }) => plan.id === rx.id)],
    ['a licensed product', rx.product in law.products],
    [
      'the patient’s own consent, to this prescription with this injector, given afterwards',
      consent.patient === patient.id &&
        consent.givenBy === patient.account &&
        consent.prescription === rx.id &&
        consent.injector === injector.id &&
        consent.givenAt >= record.signedAt,
    ],
    [
      'consent not withdrawn, and confirmed on the day',
      consent.state === 'given' &&
        consent.confirmedAt !== null &&
        consent.confirmedAt <= t.at &&
        consent.confirmedOn === t.day,
    ],
    ['time to think', isTopUp || isSamePlanAgain(t, rx) || t.at >= record.signedAt + FLOOR.thinkHours * HOUR],
    ['eighteen on the day', yearsAfter(patient.born, FLOOR.age) <= t.day],
    [
      'the interval since every treatment, or the prescriber’s written override',
      isTopUp ||
        isOverridden(t, seenBy) ||
        others.every(({ day, plan }) => daysBetween(day, t.day) >= (law.products[plan.product] ?? 90)),
    ],
    [
      'the interval since a treatment elsewhere',
      isTopUp ||
        isOverridden(t, seenBy) ||
        t.treatedElsewhereOn === null ||
        daysBetween(t.treatedElsewhereOn, t.day) >= law.products[rx.product]!,
    ],
    ['an override by the prescriber alone', t.override === null || isOverridden(t, seenBy)],
    [
      'a top-up two to four weeks on, of that treatment, once, after a review in person',
      !isTopUp ||
        (first?.state === 'completed' &&
          first.topUpOf === null &&
          first.plan.id === rx.id &&
          rx.topUpUnits > 0 &&
          t.at >= first.at + FLOOR.topUpFromDay * DAY &&
          t.at <= first.at + FLOOR.topUpUntilDay * DAY &&
          !t.before.some(({ topUpOf }) => topUpOf === first.id) &&
          t.reviews.some(
            ({ at, mode, state }) => mode === 'in_person' && state === 'completed' && at > first.at,
          )),
    ],
    [
      'a top-up by the prescriber, where each treatment needs a consultation',
      !isTopUp || !law.eachTreatment || injector.id === seenBy.id,
    ],
    [
      'answers as the consultation read them, or the prescriber’s decision on the newest',
      t.answers === null || t.answers.version === record.answers || t.answers.decision === 'may_proceed',
    ],
    ['somebody who may inject', law.inject.includes(injector.profession) && may(injector, 'inject', t.at)],
    [
      'a prescriber, or one who supervises and may still prescribe',
      mayPrescribe ||
        (t.supervisions.some(({ from, until }) => from <= t.at && t.at < until) &&
          may(seenBy, 'prescribe', t.at)),
    ],
    [
      'registers that were read in time',
      isRead(injector, 'inject') && (mayPrescribe || isRead(seenBy, 'prescribe')),
    ],
    [
      'a prescriber no further away than the law lets them, and on site by their own word',
      injector.id === seenBy.id || isNear(t, law.prescriber, seenBy),
    ],
    ['both in good standing', injector.standing === 'good' && seenBy.standing === 'good'],
    ['somebody to call out of hours', injector.cover !== null],
    [
      'a vial, where one is planned, that is this patient’s or its prescriber’s, unopened, in date and not put aside',
      t.vial === null ||
        (t.vial.product === rx.product &&
          t.vial.place === t.place &&
          t.vial.expiresOn > t.day &&
          !t.vial.openedBefore &&
          !t.vial.putAside &&
          (t.vial.dispensedFor === patient.id || (t.vial.heldBy === seenBy.id && t.vial.holderWorksThere))),
    ],
  ];
  return links.filter(([, holds]) => !holds).map(([link]) => link);
}

/** Asked for as before: same regions and product, no more units, done here within a year. */
function isSamePlanAgain(t: Begun, rx: Plan & { readonly sameAsBefore: boolean }): boolean {
  return (
    rx.sameAsBefore &&
    t.before.some(
      ({ day, state, plan }) =>
        state === 'completed' &&
        yearsAfter(day, FLOOR.unchangedMonths / 12) >= t.day &&
        plan.product === rx.product &&
        plan.dose >= rx.dose &&
        plan.clinic === rx.clinic &&
        [...plan.regions].sort().join() === [...rx.regions].sort().join(),
    )
  );
}

function isNear({ at, prescriberIs, wasThere }: Begun, wanted: PlaceOfPrescriber, seenBy: Person): boolean {
  if (prescriberIs === null || PLACES.indexOf(prescriberIs.where) > PLACES.indexOf(wanted)) return false;
  return prescriberIs.where === 'on_site'
    ? wasThere.some(({ from, until, saidBy }) => saidBy === seenBy.account && from <= at && at < until)
    : (prescriberIs.way ?? '').trim() !== '';
}

function isOverridden(t: Begun, seenBy: Person): boolean {
  return t.override !== null && t.override.reason.trim() !== '' && t.override.by === seenBy.account;
}

/** The same day so many years on; 29 February stays what it is, and comes after 28 February of any year. */
function yearsAfter(day: string, years: number): string {
  return `${Number(day.slice(0, 4)) + years}${day.slice(4)}`;
}

function daysBetween(from: string, until: string): number {
  return Temporal.PlainDate.from(from).until(until, { largestUnit: 'day' }).days;
}
