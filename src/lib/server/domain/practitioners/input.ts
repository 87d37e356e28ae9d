import { z } from 'zod';
import { list } from '#lib/format/words.ts';
import { JURISDICTIONS, PROFESSIONS } from '../policy/codes.ts';
import { publicWording } from '../policy/shared-wording.ts';
import { findBannedTerms } from '../policy/terms.ts';

/** What profiles name as their field: the regions of the face drawing. */
export const REGIONS = [
  'forehead_lines',
  'frown_lines',
  'crows_feet',
  'bunny_lines',
  'jaw',
  'chin',
  'neck_bands',
] as const;

const line = (most: number, missing: string) =>
  z
    .string({ error: missing })
    .trim()
    .min(1, missing)
    .max(most, `Use at most ${most.toLocaleString('en-GB')} characters`);

/**
 * Words for everybody to read obey the strictest law that a shared page stands under (L5). The message names what
 * cannot stay, so that the writer can put it otherwise.
 */
export function forEverybody<Schema extends z.ZodType<string>>(schema: Schema): Schema {
  return schema.superRefine((text, context) => {
    const found = [...new Set(findBannedTerms(text, publicWording).map((match) => `“${match.text}”`))];
    if (found.length > 0)
      context.addIssue({
        code: 'custom',
        message: `Public pages cannot say ${list(found)}: the law forbids advertising a prescription medicine by name or by hint, or promising what it does. Say what people come about instead, such as “lines between the brows”`,
      });
  });
}

const phone = z
  .string({ error: 'Enter a telephone number' })
  .trim()
  .regex(/^\+?[\d ()-]{7,24}$/, 'Enter a telephone number, with the area code');

export const beginForm = z.object({
  jurisdiction: z.enum(JURISDICTIONS, 'Choose where you practise'),
  profession: z.enum(PROFESSIONS, 'Choose your profession'),
});
export type Begin = z.output<typeof beginForm>;

export const youForm = z.object({
  title: z
    .string()
    .trim()
    .max(20, 'Use at most 20 characters')
    .transform((text) => text || null),
  displayName: forEverybody(line(80, 'Enter your name as the register shows it')),
  familyName: line(60, 'Enter your last name'),
  gender: z
    .enum(['woman', 'man', 'non_binary', ''], 'Choose one, or leave it')
    .default('')
    .transform((gender) => gender || null),
  languages: z
    .string({ error: 'Enter the languages you speak with patients' })
    .max(200, 'Use at most 200 characters')
    .transform((text) => [
      ...new Set(
        text
          .split(/[,;]/)
          .map((language) => language.trim())
          .filter((language) => language !== ''),
      ),
    ])
    .pipe(
      z
        .array(z.string().regex(/^\p{L}[\p{L} ’'()-]{1,39}$/u, 'Enter languages, separated by commas'))
        .min(1, 'Enter the languages you speak with patients')
        .max(12, 'Enter at most twelve languages'),
    ),
  practisingSince: z
    .string({ error: 'Enter the year you qualified' })
    .trim()
    .regex(/^(19|20)\d\d$/, 'Enter the year you qualified, such as 2012')
    .transform(Number),
});
export type You = z.output<typeof youForm>;

export const profileForm = z.object({
  headline: forEverybody(line(90, 'Enter one line about how you work')),
  biography: forEverybody(line(3000, 'Write a few sentences about yourself')),
  regions: z
    .preprocess(
      (value) => (value === undefined ? [] : [value].flat()),
      z.array(z.enum(REGIONS, 'Choose from the list')),
    )
    .pipe(z.array(z.enum(REGIONS)).min(1, 'Choose what people may come to you about')),
});
export type Profile = z.output<typeof profileForm>;

export const locationForm = z.object({
  clinicName: forEverybody(line(80, 'Enter the name of the clinic or practice')),
  phone,
  street: line(120, 'Enter building and street'),
  town: line(80, 'Enter the town or city'),
  placeId: z
    .string()
    .regex(/^\d{0,9}$/, 'Choose the town from the list')
    .default('')
    .transform((id) => (id === '' ? null : Number(id))),
  postcode: z
    .string({ error: 'Enter the postcode' })
    .trim()
    .toUpperCase()
    // Six postal services, each with a form of its own; the town is what puts a clinic on the map.
    .regex(/^(?=.*\d)[A-Z\d][A-Z\d -]{2,9}$/, 'Enter the postcode as it stands on letters'),
});
export type Location = z.output<typeof locationForm>;

const minutes = z
  .string({ error: 'Enter minutes' })
  .trim()
  .regex(/^\d{1,3}$/, 'Enter whole minutes')
  .transform(Number)
  .pipe(z.number().min(10, 'At least 10 minutes').max(240, 'At most 240 minutes'));

export const feesForm = z.object({
  fee: z
    .string({ error: 'Enter the fee; 0 if it is free' })
    .trim()
    .regex(/^\d{1,4}(\.\d\d)?$/, 'Enter an amount like 40 or 37.50; 0 if it is free')
    .transform((amount) => Math.round(Number(amount) * 100)),
  covers: forEverybody(z.string().trim().max(200, 'Use at most 200 characters')).default(''),
  minutes,
});
export type Fees = z.output<typeof feesForm>;

export const coverForm = z.object({
  outOfHoursName: line(80, 'Enter the name of whoever answers out of hours'),
  outOfHoursPhone: phone,
  recordsCustodian: line(120, 'Enter who keeps the records when you no longer can'),
});
export type Cover = z.output<typeof coverForm>;
