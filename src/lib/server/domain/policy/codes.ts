/** What is true of a place whatever its law says. */
interface JurisdictionFacts {
  name: string;
  /** ISO 3166-1. */
  country_code: string;
  /** ISO 4217: what practitioners there charge in. */
  currency: string;
  /** How amounts and dates are written there. */
  locale: string;
  /** IANA zones of its locations. */
  timeZones: readonly [string, ...string[]];
  /** Where its public holidays are found: country and, where it has its own, part, by ISO 3166-2. */
  holidays: readonly [country: string, part?: string];
}

/** Places with a law of their own. Their rules are in `jurisdictions/`, one file each. */
export const JURISDICTION_FACTS = {
  england: {
    name: 'England',
    country_code: 'GB',
    currency: 'GBP',
    locale: 'en-GB',
    timeZones: ['Europe/London'],
    holidays: ['GB', 'ENG'],
  },
  scotland: {
    name: 'Scotland',
    country_code: 'GB',
    currency: 'GBP',
    locale: 'en-GB',
    timeZones: ['Europe/London'],
    holidays: ['GB', 'SCT'],
  },
  ireland: {
    name: 'Ireland',
    country_code: 'IE',
    currency: 'EUR',
    locale: 'en-IE',
    timeZones: ['Europe/Dublin'],
    holidays: ['IE'],
  },
  queensland: {
    name: 'Queensland',
    country_code: 'AU',
    currency: 'AUD',
    locale: 'en-AU',
    timeZones: ['Australia/Brisbane'],
    holidays: ['AU', 'QLD'],
  },
  california: {
    name: 'California',
    country_code: 'US',
    currency: 'USD',
    locale: 'en-US',
    timeZones: ['America/Los_Angeles'],
    holidays: ['US', 'CA'],
  },
  texas: {
    name: 'Texas',
    country_code: 'US',
    currency: 'USD',
    locale: 'en-US',
    timeZones: ['America/Chicago', 'America/Denver'],
    holidays: ['US', 'TX'],
  },
  ontario: {
    name: 'Ontario',
    country_code: 'CA',
    currency: 'CAD',
    locale: 'en-CA',
    timeZones: ['America/Toronto', 'America/Winnipeg'],
    holidays: ['CA', 'ON'],
  },
} as const satisfies Record<string, JurisdictionFacts>;
export type Jurisdiction = keyof typeof JURISDICTION_FACTS;

export const JURISDICTIONS = Object.keys(JURISDICTION_FACTS) as Jurisdiction[];

/** The facts of a jurisdiction named by a row of the database. */
export function factsOf(jurisdiction: string): JurisdictionFacts {
  return JURISDICTION_FACTS[jurisdiction as Jurisdiction];
}

/** Every zone in which a location can lie. */
export const TIME_ZONES: readonly string[] = [
  ...new Set(JURISDICTIONS.flatMap((jurisdiction) => JURISDICTION_FACTS[jurisdiction].timeZones)),
];

/** Whose rules a row states: a jurisdiction's law, or the floor that Steadyhand puts under every law. */
export const RULE_MAKERS = ['platform', ...JURISDICTIONS] as const;
export type RuleMaker = (typeof RULE_MAKERS)[number];

export const PROFESSIONS = [
  'doctor',
  'dentist',
  'nurse_prescriber',
  'pharmacist_prescriber',
  'nurse_practitioner',
  'physician_assistant',
  'registered_nurse',
  'esthetician',
] as const;
export type Profession = (typeof PROFESSIONS)[number];

export const PROFESSION_NAMES: Record<Profession, string> = {
  doctor: 'Doctor',
  dentist: 'Dentist',
  nurse_prescriber: 'Nurse prescriber',
  pharmacist_prescriber: 'Pharmacist prescriber',
  nurse_practitioner: 'Nurse practitioner',
  physician_assistant: 'Physician assistant',
  registered_nurse: 'Registered nurse',
  esthetician: 'Esthetician',
};

export const CAPABILITIES = ['consult', 'prescribe', 'inject'] as const;
export type Capability = (typeof CAPABILITIES)[number];

export const CREDENTIAL_KINDS = [
  'registration',
  'prescribing_right',
  'qualification',
  'toxin_training',
  'life_support',
  'indemnity_insurance',
  'premises',
] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

/** What a printed prescription says: of its patient, of the medicine, and of who prescribes. */
export const PARTICULARS = [
  'patient_name',
  'patient_birth',
  'patient_address',
  'medicine',
  'dose',
  'quantity',
  'directions',
  'repeats',
  'purpose',
  'injector',
  'prescriber_name',
  'prescriber_profession',
  'prescriber_registration',
  'prescriber_address',
  'prescriber_telephone',
  'date',
  'expiry',
  'signature',
] as const;
export type Particular = (typeof PARTICULARS)[number];

/** Kinds of credential that add to what a profession may do. */
export const ANNOTATIONS = ['prescribing_right', 'toxin_training'] as const;
export type Annotation = (typeof ANNOTATIONS)[number];
