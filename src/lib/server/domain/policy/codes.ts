/** Places with a law of their own. */
export const JURISDICTIONS = ['england', 'texas'] as const;
export type Jurisdiction = (typeof JURISDICTIONS)[number];

export const JURISDICTION_FACTS: Record<
  Jurisdiction,
  { name: string; country_code: string; currency: string; locale: string }
> = {
  england: { name: 'England', country_code: 'GB', currency: 'GBP', locale: 'en-GB' },
  texas: { name: 'Texas', country_code: 'US', currency: 'USD', locale: 'en-US' },
};

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

/** Kinds of credential that add to what a profession may do. */
export const ANNOTATIONS = ['prescribing_right', 'toxin_training'] as const;
export type Annotation = (typeof ANNOTATIONS)[number];
