import type { Jurisdiction, Profession } from '#lib/server/domain/policy/codes.ts';

/** Where the prescriber is while somebody else injects; the nearer comes first. */
export const PLACES = ['on_site', 'immediately_available', 'reachable'] as const;
export type PlaceOfPrescriber = (typeof PLACES)[number];

/** What a law says that the chain of a treatment depends on. */
export type Law = {
  readonly prescribe: readonly Profession[];
  readonly inject: readonly Profession[];
  readonly prescriptionDays: number;
  /** Every treatment needs a consultation of its own, and a top-up the prescriber's own hand. */
  readonly eachTreatment: boolean;
  /** No further away than this, while somebody else injects. */
  readonly prescriber: PlaceOfPrescriber;
  /** Product -> days until the next treatment. */
  readonly products: Readonly<Record<string, number>>;
};

/** What holds everywhere: the floor, stricter than every one of the laws below. */
export const FLOOR = {
  age: 18,
  thinkHours: 48,
  consultationDays: 84,
  unchangedMonths: 12,
  topUpFromDay: 14,
  topUpUntilDay: 28,
};

/** Not to be given to anybody allergic to cow's milk protein: the products of abobotulinumtoxinA. */
export const WITH_COWS_MILK = ['alluzience', 'azzalure', 'dysport'];

const UNITED_KINGDOM: Law = {
  prescribe: ['doctor', 'dentist', 'nurse_prescriber', 'pharmacist_prescriber'],
  inject: [
    'doctor',
    'dentist',
    'nurse_prescriber',
    'pharmacist_prescriber',
    'registered_nurse',
    'esthetician',
  ],
  prescriptionDays: 183,
  eachTreatment: true,
  prescriber: 'reachable',
  products: {
    alluzience: 90,
    azzalure: 84,
    bocouture: 90,
    botox: 90,
    letybo: 90,
    nuceiva: 90,
    relfydess: 90,
  },
};
const UNITED_STATES: Law = {
  prescribe: ['doctor', 'nurse_practitioner', 'physician_assistant'],
  inject: ['doctor', 'nurse_practitioner', 'physician_assistant', 'registered_nurse'],
  prescriptionDays: 365,
  eachTreatment: false,
  prescriber: 'reachable',
  products: { botox_cosmetic: 90, daxxify: 90, dysport: 90, jeuveau: 90, letybo: 90, xeomin: 90 },
};

/**
 * The laws once more, for the oracle alone: written down from the tables of decisions in `tests/domain/policy`, so that what
 * the product reads of its own rows is held against something that does not read them.
 */
export const LAWS: Readonly<Record<Jurisdiction, Law>> = {
  england: UNITED_KINGDOM,
  scotland: UNITED_KINGDOM,
  ireland: {
    ...UNITED_KINGDOM,
    prescribe: ['doctor', 'dentist'],
    inject: ['doctor', 'dentist', 'registered_nurse'],
    prescriber: 'on_site',
  },
  queensland: {
    prescribe: ['doctor', 'nurse_practitioner'],
    inject: ['doctor', 'nurse_practitioner', 'registered_nurse'],
    prescriptionDays: 365,
    eachTreatment: true,
    prescriber: 'reachable',
    products: { botox: 90, dysport: 90, letybo: 90, nuceiva: 90, xeomin: 90 },
  },
  california: UNITED_STATES,
  texas: {
    ...UNITED_STATES,
    inject: [...UNITED_STATES.inject, 'esthetician'],
    prescriber: 'immediately_available',
  },
  ontario: {
    prescribe: ['doctor', 'nurse_practitioner'],
    inject: ['doctor', 'nurse_practitioner', 'registered_nurse'],
    prescriptionDays: 365,
    eachTreatment: false,
    prescriber: 'reachable',
    products: { botox_cosmetic: 90, dysport: 90, letybo: 90, nuceiva: 90, xeomin: 90 },
  },
};
