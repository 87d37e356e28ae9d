import { factsOf } from '../../policy/codes.ts';

/** What can happen after a treatment, in words for everybody. Which of them are serious is the database's to say. */
export const EFFECTS = {
  lid_droop: 'A drooping eyelid',
  brow_droop: 'A drooping brow',
  double_vision: 'Double or blurred vision',
  swallowing: 'Trouble swallowing',
  speech: 'Slurred speech or a changed voice',
  breathing: 'Trouble breathing',
  weakness_elsewhere: 'Weak muscles in other parts of the body',
  allergic_reaction: 'An allergic reaction: rash, itching, swelling',
  infection: 'An infection where it was given',
  asymmetry: 'One side looks different',
  crooked_smile: 'A crooked smile',
  too_stiff: 'Too stiff',
  no_effect: 'No effect',
  dry_eye: 'Dry or watering eyes',
  bruising: 'A bruise',
  swelling: 'Swelling or pain',
  headache: 'Headache',
  other: 'Something else',
} as const;
export type EffectCode = keyof typeof EFFECTS;
export const EFFECT_CODES = Object.keys(EFFECTS) as EffectCode[];

export const SIDES = {
  left: 'Left',
  right: 'Right',
  both: 'Both',
  not_said: 'Neither, or not sure',
} as const;
export type Side = keyof typeof SIDES;

export const SEVERITIES = {
  mild: 'Mild: it hardly gets in the way',
  moderate: 'Moderate: it gets in the way',
  severe: 'Severe: it stops you from doing things',
} as const;
export type Severity = keyof typeof SEVERITIES;

export const EFFECT_STEPS = {
  managed: 'Looked after',
  talked: 'Talked about openly',
  reported: 'Reported to the authority',
  closed: 'Closed',
  addendum: 'Added',
} as const;
export type EffectStep = keyof typeof EFFECT_STEPS;

export const EFFECT_OUTCOMES = {
  recovered: 'Recovered',
  recovering: 'Recovering',
  lasting: 'It has not gone',
  not_known: 'Not known',
} as const;
export type EffectOutcome = keyof typeof EFFECT_OUTCOMES;

const SCHEMES: Readonly<Record<string, string>> = {
  GB: 'the Yellow Card scheme of the MHRA',
  IE: 'the HPRA',
  AU: 'the Therapeutic Goods Administration (TGA)',
  US: 'MedWatch of the FDA',
  CA: 'Canada Vigilance',
};

/** Where a suspected side effect is reported there. The address is policy (`adverse_event_url`). */
export function schemeOf(jurisdiction: string): string {
  return SCHEMES[factsOf(jurisdiction).country_code]!;
}

const choicesOf = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }));

/** The choices of the forms. */
export const effectChoices = {
  effects: choicesOf(EFFECTS),
  sides: choicesOf(SIDES),
  severities: choicesOf(SEVERITIES),
  outcomes: choicesOf(EFFECT_OUTCOMES),
};
