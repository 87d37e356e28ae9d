import { z } from 'zod';
import { ANNOTATIONS, CREDENTIAL_KINDS, PARTICULARS, PROFESSIONS } from './codes.ts';

/**
 * How floor and law combine. `min` and `max` compare numbers, or the places of an enum that lists its values
 * from the strictest to the loosest; `floor_only` and `law_only` belong to one rule maker alone.
 */
export type MergeDirection =
  'min' | 'max' | 'and' | 'or' | 'intersection' | 'union' | 'floor_only' | 'law_only';

export interface KeyDefinition<Schema extends z.ZodType = z.ZodType> {
  schema: Schema;
  merge: MergeDirection;
  meaning: string;
}

const key = <Schema extends z.ZodType>(
  merge: MergeDirection,
  schema: Schema,
  meaning: string,
): KeyDefinition<Schema> => ({ schema, merge, meaning });

const count = z.int().min(0);
const flag = z.boolean();
const codes = z.array(z.string().regex(/^[a-z_]+$/));
const url = z.url({ protocol: /^https$/ });
const telephone = z.string().regex(/^\d[\d-]*$/);
const role = z.strictObject({ profession: z.enum(PROFESSIONS), annotation: z.enum(ANNOTATIONS).nullable() });

export const licensedProductSchema = z.strictObject({
  code: z.string().regex(/^[a-z_]+$/),
  name: z.string().min(1),
  activeSubstance: z.string().min(1),
  /** Units of different systems are never converted or added. */
  unitSystem: z.enum([
    'allergan',
    'speywood',
    'merz',
    'prabotulinum',
    'letibotulinum',
    'relabotulinum',
    'daxibotulinum',
  ]),
  vialUnits: z.array(z.int().positive()).min(1),
  minRetreatmentDays: z.int().positive(),
  singlePatientSingleSession: flag,
});
export type LicensedProduct = z.output<typeof licensedProductSchema>;

/** How long an urgent message may wait for an answer. A day is the most: what may wait longer is not urgent. */
const minutes = (where: string) =>
  key('min', z.int().min(1).max(1_440), `Minutes for which an urgent message may wait ${where}.`);

/** Every policy key: what a value looks like, how floor and law combine, and what it decides. */
export const POLICY_KEYS = {
  prescriber_roles: key('intersection', z.array(role), 'Who may prescribe, and the annotation it takes.'),
  injector_roles: key('intersection', z.array(role), 'Who may inject, and the annotation it takes.'),
  lay_injector: key(
    'min',
    z.enum(['no', 'licensed', 'by_delegation', 'on_directions']),
    'Whether somebody outside the health professions may inject.',
  ),
  prescriber_onsite: key(
    'min',
    z.enum(['on_site', 'immediately_available', 'reachable']),
    'Where the prescriber must be while somebody else injects.',
  ),
  max_injectors_per_prescriber: key(
    'min',
    z.int().positive(),
    'Injectors whom one prescriber may supervise.',
  ),
  register_ids: key(
    'law_only',
    z.array(z.strictObject({ profession: z.enum(PROFESSIONS), register: z.string().regex(/^[a-z_]+$/) })),
    'The register that proves each profession.',
  ),
  required_credentials: key(
    'union',
    z.array(z.strictObject({ profession: z.enum(PROFESSIONS), kind: z.enum(CREDENTIAL_KINDS) })),
    'What each profession must show before it is listed, beside an annotation it takes.',
  ),
  training_hours: key('max', z.int().positive(), 'Fewest hours of hands-on training that count.'),
  training_valid_months: key('min', z.int().positive(), 'Months for which training counts.'),
  life_support_valid_months: key('min', z.int().positive(), 'Months for which a life support course counts.'),
  stale_grace_days: key('floor_only', count, 'Days a listing outlives a register that cannot be reached.'),
  cover_days: key('floor_only', count, 'Days after a treatment for which cover must be named.'),
  complaint_acknowledge_days: key(
    'min',
    z.int().positive(),
    'Working days within which a clinic acknowledges a complaint.',
  ),
  complaint_answer_days: key(
    'min',
    z.int().positive(),
    'Working days within which a clinic answers a complaint.',
  ),
  urgent_injector_minutes_day: minutes('by day, before the prescriber is told again'),
  urgent_injector_minutes_night: minutes('by night, before the prescriber is told again'),
  urgent_prescriber_minutes_day: minutes('after that by day, before the cover is told'),
  urgent_prescriber_minutes_night: minutes('after that by night, before the cover is told'),
  urgent_cover_minutes: minutes('at the cover, before our operators are told'),
  urgent_operator_minutes: minutes('at our operators'),

  min_age: key('max', count, 'Youngest age in years.'),
  min_age_is_booking_offence: key('or', flag, 'Whether booking for somebody younger is itself an offence.'),

  consult_mode: key(
    'intersection',
    z.array(z.strictObject({ profession: z.enum(PROFESSIONS), mode: z.enum(['in_person', 'video']) })),
    'How each prescriber may hold the consultation.',
  ),
  consult_each_treatment: key('or', flag, 'Whether every treatment needs a consultation of its own.'),
  consult_valid_days: key(
    'min',
    z.int().positive(),
    'Days for which a signed consultation supports a treatment.',
  ),
  same_day_allowed: key('and', flag, 'Whether a treatment may start on the day of its consultation.'),
  cooling_off_hours_adult: key('law_only', count, 'Hours of reflection that the law itself gives an adult.'),
  cooling_off_hours_minor: key(
    'law_only',
    count.nullable(),
    'The same for a minor; null where none is ever treated.',
  ),
  cooling_off_hours_first_or_changed: key(
    'max',
    count,
    'Hours of reflection before a first or changed plan.',
  ),
  cooling_off_hours_unchanged: key('max', count, 'Hours of reflection before the same plan again.'),
  cooling_off_top_up: key('max', count, 'Hours of reflection before a top-up.'),
  unchanged_plan_months: key(
    'floor_only',
    count,
    'Months since the last treatment here in which a plan can be unchanged.',
  ),
  top_up_from_day: key('floor_only', count, 'First day after a treatment on which it may be topped up.'),
  top_up_until_day: key('floor_only', count, 'Last day after a treatment on which it may be topped up.'),

  rx_validity_days: key('min', z.int().positive(), 'Days for which a prescription stands.'),
  rx_max_dispenses: key('min', z.int().positive(), 'Times one prescription may be used.'),
  prescription_particulars: key(
    'union',
    z.array(z.enum(PARTICULARS)),
    'What a printed prescription has to say.',
  ),
  licensed_products: key('intersection', z.array(licensedProductSchema), 'Products that may be prescribed.'),
  stock_custody: key(
    'intersection',
    z.array(z.enum(['dispensed', 'practice_stock'])),
    'For whom a vial may be held.',
  ),
  premises_required: key('union', codes, 'Conditions that the premises must meet.'),

  public_product_names: key('and', flag, 'Whether public pages may name a product.'),
  public_class_terms: key('and', flag, 'Whether public pages may use words that stand for the product.'),
  banned_terms: key(
    'union',
    z.array(z.string().min(1)),
    'Words that public pages never carry; the grammar is in terms.ts.',
  ),
  public_price_lists: key(
    'and',
    flag,
    'Whether treatment prices may be public; consultation fees always are.',
  ),
  reviews_public: key('and', flag, 'Whether reviews may be public.'),
  review_conditions: key('union', codes, 'Conditions that a public review must meet.'),
  before_after_public: key(
    'min',
    z.enum(['never', 'after_consultation', 'public']),
    'Who may see photographs of results.',
  ),
  photo_conditions: key('union', codes, 'Conditions that such a photograph must meet.'),

  referral_fee_allowed: key('and', flag, 'Whether anybody may be paid for sending a patient.'),
  incentives_allowed: key('and', flag, 'Whether discounts and other inducements may be offered.'),
  retention_years: key('max', count, 'Years for which the clinical record is kept.'),
  adverse_event_url: key('law_only', url, 'Where a suspected side effect is reported.'),
  complaint_url: key('law_only', url, 'Where the public authority takes complaints.'),
  emergency_number: key('law_only', telephone, 'Telephone number in an emergency.'),
  urgent_advice_number: key('law_only', telephone, 'Telephone number for urgent advice.'),
} satisfies Record<string, KeyDefinition>;

export type PolicyKey = keyof typeof POLICY_KEYS;
export type PolicyValues = { [Key in PolicyKey]: z.output<(typeof POLICY_KEYS)[Key]['schema']> };

export const POLICY_KEY_NAMES = Object.keys(POLICY_KEYS) as PolicyKey[];

/** The words that a key knows, from the strictest to the loosest; null where its value is no word. */
export function wordsOf(key: PolicyKey): readonly string[] | null {
  const { schema } = POLICY_KEYS[key];
  return schema instanceof z.ZodEnum ? schema.options : null;
}
