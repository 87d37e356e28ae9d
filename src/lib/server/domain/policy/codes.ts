/** Places with a law of their own. */
export const JURISDICTIONS = ['england', 'texas'] as const;
export type Jurisdiction = (typeof JURISDICTIONS)[number];

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

export const CAPABILITIES = ['consult', 'prescribe', 'inject'] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** Kinds of credential that add to what a profession may do. */
export const ANNOTATIONS = ['prescribing_right', 'toxin_training'] as const;
export type Annotation = (typeof ANNOTATIONS)[number];
