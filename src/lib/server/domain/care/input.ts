import { z } from 'zod';
import { decimalOf } from '#lib/format/decimal.ts';
import { CONCERNS } from '../booking/appointment.ts';
import { channel } from '../reception/input.ts';
import { isoDay, isoInstant } from '../shared/days.ts';
import { atMost, lengthOf, words } from '../shared/words.ts';
import { BROW_HEIGHTS, LID_POSITIONS, OUTCOMES, type ConsultationDraft } from './consultation.ts';
import { CONTRAINDICATIONS, SEVERITIES } from './contraindications.ts';
import { SAME_LINES } from './last-time.ts';
import { chosenTime } from './patient-input.ts';
import { PRESCRIBER_PLACES } from './prescriber-place.ts';
import { RESULT_CODES, type Result } from './review-visit.ts';
import { DEVIATION_WORDS, type DeviationKind, type TreatmentDraft } from './treatment.ts';

/** The regions of the face drawing: of the concerns, those that have a place. */
export const REGIONS = CONCERNS.filter((code) => code !== 'asymmetry');

const LONGEST = 4_000;

/** A form as `formAction` reads it: fields whose number is not known beforehand carry it in their names. */
type Fields = Record<string, string | string[] | undefined>;
const fields = z.record(z.string(), z.union([z.string().check(atMost(LONGEST)), z.array(z.string())]));

const text = (form: Fields, name: string): string => {
  const value = form[name];
  return (Array.isArray(value) ? (value[0] ?? '') : (value ?? '')).trim();
};
const many = (form: Fields, name: string): string[] => [form[name] ?? []].flat();
const isTicked = (form: Fields, name: string): boolean => text(form, name) === 'yes';
const oneOf = <const Code extends string>(codes: readonly Code[], value: string): Code | null =>
  codes.find((code) => code === value) ?? null;
const known = (codes: readonly string[], values: readonly string[]) =>
  codes.filter((code) => values.includes(code));
/** The rows of a numbered group: `question-0-question`, `question-1-question`, ... */
const rows = (form: Fields, group: string): number[] =>
  Object.keys(form)
    .flatMap((name) => new RegExp(`^${group}-(\\d+)-`).exec(name)?.[1] ?? [])
    .map(Number)
    .filter((row, index, all) => all.indexOf(row) === index)
    .sort((a, b) => a - b);

/** The consultation page: the draft, and which save of it the page was opened with. */
export const consultationForm = fields.transform((form) => ({
  draft: draftFrom(form),
  /** The lines confirmed to be as last time. */
  same: SAME_LINES.filter((line) => many(form, 'same').includes(line)),
  /** Null: there was none yet. */
  revision: /^\d{1,9}$/.test(text(form, 'revision')) ? Number(text(form, 'revision')) : null,
}));

/** A draft may be as empty as it likes; only lengths are looked at here. */
const draftFrom = (form: Fields): ConsultationDraft => ({
  healthAnswersId: text(form, 'healthAnswersId') || null,
  identitySeen: isTicked(form, 'identitySeen'),
  identityDocument: text(form, 'identityDocument'),
  ageSeen: isTicked(form, 'ageSeen'),
  seenAlone: isTicked(form, 'seenAlone'),
  chaperone: text(form, 'chaperone'),
  capacity: oneOf(['has_capacity', 'in_doubt'], text(form, 'capacity')) ?? '',
  ownChoice: isTicked(form, 'ownChoice'),
  interpreter: text(form, 'interpreter'),
  teachBack: text(form, 'teachBack'),
  bodyImageScreen: oneOf(['negative', 'positive'], text(form, 'bodyImageScreen')) ?? '',
  concerns: known(CONCERNS, many(form, 'concern')),
  regions: known(REGIONS, many(form, 'region')),
  history: text(form, 'history'),
  examination: text(form, 'examination'),
  face: faceFindings(form),
  baseline: text(form, 'baseline'),
  browHeight: oneOf(BROW_HEIGHTS, text(form, 'browHeight')) ?? '',
  lidPosition: oneOf(LID_POSITIONS, text(form, 'lidPosition')) ?? '',
  dryEye: oneOf(['no', 'yes'], text(form, 'dryEye')) ?? '',
  movementToKeep: text(form, 'movementToKeep'),
  desiredResult: text(form, 'desiredResult'),
  alternatives: text(form, 'alternatives'),
  plan: text(form, 'plan'),
  outcome: oneOf(OUTCOMES, text(form, 'outcome')),
  questions: rows(form, 'question')
    .map((row) => ({
      question: text(form, `question-${row}-question`),
      answer: text(form, `question-${row}-answer`),
    }))
    .filter(({ question }) => question !== ''),
  findings: CONTRAINDICATIONS.flatMap(({ code, severity }) => {
    const present = text(form, `contra-${code}-present`);
    if (present !== 'yes' && present !== 'no') return [];
    const weight = oneOf(SEVERITIES, text(form, `contra-${code}-severity`)) ?? severity;
    return [
      {
        code,
        // What a label rules out stays ruled out; a finding may be given more weight, never less.
        severity: SEVERITIES.indexOf(weight) < SEVERITIES.indexOf(severity) ? weight : severity,
        present: present === 'yes',
        note: text(form, `contra-${code}-note`),
      },
    ];
  }),
  risksTold: many(form, 'riskTold'),
  risksAcknowledged: many(form, 'riskAcknowledged'),
});

function faceFindings(form: Fields): ConsultationDraft['face'] {
  const looked = REGIONS.filter((code) => text(form, `face-${code}-strength`));
  return Object.fromEntries(
    looked.map((code) => [
      code,
      {
        strength: text(form, `face-${code}-strength`),
        stronger: text(form, `face-${code}-stronger`),
        note: text(form, `face-${code}-note`),
      },
    ]),
  );
}

const units = (what: string) =>
  z.string({ error: what }).transform((typed, context) => {
    const number = decimalOf(typed);
    if (number !== null) return number;
    context.addIssue({ code: 'custom', message: what });
    return z.NEVER;
  });

export const addendumForm = z.object({
  kind: z.enum(['note', 'entered_in_error'], { error: 'Choose what it is' }),
  text: words(1, LONGEST, 'Write the note'),
});

export const prescriptionForm = z.object({
  productCode: words(1, 60, 'Choose a product'),
  doseUnits: units('Enter the units, for example 20').refine(
    (dose) => dose > 0,
    'Enter the units, for example 20',
  ),
  topUpUnits: units('Enter the units kept back, or 0'),
  region: z
    .union([z.string().transform((code) => [code]), z.array(z.string())], {
      error: 'Choose at least one region',
    })
    .pipe(z.array(z.enum(REGIONS)).min(1, 'Choose at least one region')),
  injectorId: z.uuid('Choose who will treat'),
  validDays: z.coerce
    .number('Enter a number of days')
    .int('Enter a whole number of days')
    .min(1, 'Enter at least 1 day')
    .max(366, 'Enter fewer days'),
  directions: words(0, 1_000).default(''),
  unchangedRequested: z
    .literal('yes')
    .optional()
    .transform((ticked) => ticked === 'yes'),
});

export const cancelPrescriptionForm = z.object({
  prescriptionId: z.uuid(),
  cancelReason: words(1, 500, 'Write the reason'),
});

export const healthDecisionForm = z.object({
  healthAnswersId: z.uuid(),
  decision: z.enum(['may_proceed', 'may_not_proceed'], { error: 'Choose a decision' }),
  reason: words(1, 1_000, 'Write the reason'),
});

/** Recalls look batches up by an index, which takes no long text. */
const MOST_OF_BATCH = 60;

export const vialForm = z.object({
  custody: z.enum(['dispensed', 'practice_stock'], { error: 'Choose whose vial it is' }),
  batch: words(1, MOST_OF_BATCH, 'Enter the batch number'),
  expiresOn: isoDay('Enter the expiry date'),
  units: units('Enter the units in the vial').refine((count) => count > 0, 'Enter the units in the vial'),
});
/** How a treatment begins: with nothing, or with where the prescriber is, when somebody else injects. */
export const startForm = z
  .object({
    prescriberWhere: z.enum(PRESCRIBER_PLACES, { error: 'Choose where the prescriber is' }).optional(),
    prescriberWay: words(0, 120).default(''),
  })
  .refine(
    ({ prescriberWhere: where, prescriberWay: way }) =>
      where === undefined || where === 'on_site' || lengthOf(way) >= 3,
    { path: ['prescriberWay'], error: 'Say how you reach the prescriber: a telephone number, a room' },
  )
  .transform(({ prescriberWhere: where, prescriberWay: way }) => ({
    prescriber: where === undefined ? null : { where, way: where === 'on_site' ? '' : way },
  }));
/** Which place somebody is at. */
export const placeForm = z.object({ locationId: z.uuid('Choose a place') });
export const planVialForm = z.object({ vialId: z.uuid('Choose a vial') });

const SIDES = ['right', 'left', 'midline'] as const;
/** A part of the width or height of the drawing. */
function fraction(typed: string): number | null {
  const number = decimalOf(typed, 6);
  return number !== null && number <= 1 ? number : null;
}

/** The treatment page: what was given, point by point, and why it differs where it does. */
export const treatmentForm = fields.transform((form, context) => {
  const problem = (name: string, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
  const points = rows(form, 'point').flatMap((row) => {
    const part = (name: string) => text(form, `point-${row}-${name}`);
    if (!part('region') && !part('x') && !part('y') && !part('units')) return [];
    const [x, y, given] = [fraction(part('x')), fraction(part('y')), decimalOf(part('units'))];
    const region = oneOf(REGIONS, part('region'));
    const side = oneOf(SIDES, part('side'));
    if (region && side && x !== null && y !== null && given !== null && given > 0)
      return [{ region, side, x, y, units: given }];
    problem('point', `Point ${row + 1}: give region, side, x and y from 0 to 1, and the units`);
    return [];
  });
  const batchExpiresOn = text(form, 'batchExpiresOn');
  if (batchExpiresOn && !isoDay().safeParse(batchExpiresOn).success)
    problem('batchExpiresOn', 'Enter the expiry date');
  const batch = text(form, 'batch');
  if (lengthOf(batch) > MOST_OF_BATCH) problem('batch', `Use at most ${MOST_OF_BATCH} characters`);
  const diluentMl = decimalOf(text(form, 'diluentMl'));
  if (text(form, 'diluentMl') && diluentMl === null)
    problem('diluentMl', 'Enter the millilitres, for example 1.25');
  const [productCode = '', productName = ''] = text(form, 'product').split('|');
  const draft: TreatmentDraft = {
    productCode: productCode === 'other' ? null : productCode || null,
    productName: productCode === 'other' ? text(form, 'productName') : productName,
    batch,
    batchExpiresOn: batchExpiresOn || null,
    vialId: text(form, 'vialId') || null,
    diluentMl,
    immediateReaction: text(form, 'immediateReaction'),
    note: text(form, 'note'),
    endedAs: text(form, 'endedAs') === 'stopped' ? 'stopped' : 'completed',
    points,
  };
  const reasons: Partial<Record<DeviationKind, string>> = Object.fromEntries(
    Object.keys(DEVIATION_WORDS).map((kind) => [kind, text(form, `deviation-${kind}`)]),
  );
  return { draft, reasons };
});

export const reviewVisitForm = z
  .object({
    findings: words(1, LONGEST, 'Write down what you found'),
    symmetrical: z
      .enum(['yes', 'no', 'not_judged'])
      .default('not_judged')
      .transform((said) => (said === 'not_judged' ? null : said === 'yes')),
    movementKept: words(0, 1_000).default(''),
    adverseEvent: words(0, 2_000).default(''),
    ...Object.fromEntries(
      REGIONS.map((region) => [
        `outcome-${region}`,
        z.enum(RESULT_CODES, { error: 'Choose one' }).optional(),
      ]),
    ),
  })
  .transform(({ findings, symmetrical, movementKept, adverseEvent, ...form }) => ({
    findings,
    symmetrical,
    movementKept,
    adverseEvent,
    outcomes: Object.fromEntries(
      REGIONS.flatMap((region): [string, Result][] => {
        const result = (form as Record<string, Result | undefined>)[`outcome-${region}`];
        return result === undefined || result === 'not_judged' ? [] : [[region, result]];
      }),
    ),
  }));

/** A free time as the page offers it, when and where; and why so early. */
export const overrideForm = z.object({
  start: z
    .string({ error: 'Choose a time' })
    .transform((text) => text.split(' '))
    .pipe(
      z.tuple([isoInstant({ error: 'Choose a time' }), z.uuid('Choose a time')], { error: 'Choose a time' }),
    )
    .transform(([start, locationId]) => ({ start: Temporal.Instant.from(start), locationId })),
  reason: words(1, 1_000, 'Write the reason'),
});

export const urgentAcknowledgement = z.object({ contactId: z.uuid() });
/** A time for a top-up, taken at the desk for somebody else. */
export const deskTopUpForm = chosenTime.extend({ treatmentId: z.uuid(), channel });

/** Who did not come; or that the patient is ill, which is no no-show. */
export const noShowForm = z.object({ by: z.enum(['patient', 'illness', 'practitioner']).default('patient') });

/** A part of a patient's name, to find them among one's own. */
export const patientSearch = z.object({ name: words(1, 200, 'Write a name, or a part of one') });
