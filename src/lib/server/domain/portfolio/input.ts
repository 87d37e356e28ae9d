import { z } from 'zod';
import { forEverybody, REGIONS } from '../practitioners/input.ts';
import { isoDay } from '../shared/days.ts';
import { words } from '../shared/words.ts';
import { PURPOSE_CODES } from './photo-consent.ts';
import { SIDES } from './portfolio-case.ts';

const many = <Item extends z.ZodType>(item: Item, missing: string) =>
  z.preprocess(
    (value): unknown => (value === undefined || value === '' ? [] : [value].flat()),
    z.array(item).min(1, missing),
  );
const sentence = (missing: string) => forEverybody(words(10, 600, missing));
const day = (missing: string) => isoDay(missing);

export const askForm = z.object({
  treatmentId: z.uuid('Choose a treatment'),
  purpose: many(z.enum(PURPOSE_CODES), 'Choose at least one use'),
});

export const answerForm = z.object({ treatmentId: z.uuid(), purpose: z.enum(PURPOSE_CODES) });

export const caseForm = z.object({
  beforeOn: day('Enter the day of the first picture'),
  afterOn: day('Enter the day of the second picture'),
  regions: many(z.enum(REGIONS), 'Choose what it is about'),
  askedFor: sentence('Write what the patient asked for, in a sentence'),
  why: sentence('Write why you did it so, in a sentence'),
});
export type CaseWords = z.output<typeof caseForm>;

/** A new case says too that nothing was done to its pictures. */
export const newCaseForm = caseForm.extend({
  unaltered: z.literal('yes', 'Say that the pictures are unaltered; others cannot be shown'),
});

export const pictureForm = z.object({ file: z.file('Choose a picture') });

/** Guided framing: how large the frame is against the picture, and where it stands. Without it the whole picture is shown. */
export const cropForm = z.object({
  frame: z.enum(['whole', 'part'], 'Choose the whole picture or a part'),
  size: z.coerce.number().min(20).max(100).default(100),
  across: z.coerce.number().min(0).max(100).default(50),
  down: z.coerce.number().min(0).max(100).default(50),
});

export const refuseForm = z.object({
  reason: words(10, 1000, 'Write what has to change: the practitioner reads it'),
});

export const uploadInput = z.object({
  caseId: z.uuid(),
  side: z.enum(SIDES),
  size: z.int().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type UploadInput = z.output<typeof uploadInput>;
