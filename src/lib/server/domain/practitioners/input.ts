import { z } from 'zod';
import { list } from '#lib/format/words.ts';
import { JURISDICTIONS, PROFESSIONS } from '../policy/codes.ts';
import { publicWording } from '../policy/shared-wording.ts';
import { findBannedTerms } from '../policy/terms.ts';
import { atMost, words } from '../shared/words.ts';
import { languageCode } from './languages.ts';

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

/** What the rooms may offer to whom needs it. */
export const ACCESS = ['step_free', 'accessible_toilet', 'hearing_loop', 'quiet_room', 'parking'] as const;

/**
 * Words for everybody to read obey the strictest law that a shared page stands under (L5). The message names what
 * cannot stay, so that the writer can put it otherwise.
 */
export function forEverybody<Schema extends z.ZodType<string>>(schema: Schema): Schema {
  return schema.superRefine((text, context) => {
    const message = whyNotPublic(text);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });
}

/** Why a text cannot stand on a public page, naming the words; null where it can. */
export function whyNotPublic(text: string): string | null {
  const found = [...new Set(findBannedTerms(text, publicWording).map((match) => `“${match.text}”`))];
  return found.length === 0
    ? null
    : `Public pages cannot say ${list(found)}: the law forbids advertising a prescription medicine by name or by hint, or promising what it does. Say what people come about instead, such as “lines between the brows”`;
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

/** Who somebody is, apart from what is checked. */
const personFields = {
  pronouns: forEverybody(words(0, 30))
    .default('')
    .transform((text) => text || null),
  gender: z
    .enum(['woman', 'man', 'non_binary', ''], 'Choose one, or leave it')
    .default('')
    .transform((gender) => gender || null),
  languages: forEverybody(words(0, 200, 'Enter the languages you speak with patients'))
    .transform((text) => [
      ...new Set(
        text
          .split(/[,;]/)
          .map((language) => language.trim())
          .filter((language) => language !== '')
          .map(languageCode),
      ),
    ])
    .pipe(
      z
        .array(z.string().regex(/^\p{L}[\p{L} ’'()-]{1,39}$/u, 'Enter languages, separated by commas'))
        .min(1, 'Enter the languages you speak with patients')
        .max(12, 'Enter at most twelve languages'),
    ),
};

export const youForm = z.object({
  title: forEverybody(words(0, 20)).transform((text) => text || null),
  displayName: forEverybody(words(1, 80, 'Enter your name as the register shows it')),
  familyName: words(1, 60, 'Enter your last name'),
  ...personFields,
  practisingSince: z
    .string({ error: 'Enter the year you qualified' })
    .trim()
    .regex(/^(19|20)\d\d$/, 'Enter the year you qualified, such as 2012')
    .transform(Number),
});
export type You = z.output<typeof youForm>;

export const profileForm = z.object({
  headline: forEverybody(words(1, 90, 'Enter one line about how you work')),
  // Paragraphs are told apart by an empty line.
  biography: forEverybody(words(1, 3000, 'Write a few sentences about yourself')).transform((text) =>
    text.replaceAll(/\n\s*\n/g, '\n\n'),
  ),
  regions: z
    .preprocess(
      (value) => (value === undefined ? [] : [value].flat()),
      z.array(z.enum(REGIONS, 'Choose from the list')),
    )
    .pipe(z.array(z.enum(REGIONS)).min(1, 'Choose what people may come to you about')),
});
export type Profile = z.output<typeof profileForm>;

/** What somebody who is listed says of themselves, and changes alone. */
export const wordsForm = profileForm.extend(personFields);
export type Words = z.output<typeof wordsForm>;

export const locationForm = z.object({
  clinicName: forEverybody(words(1, 80, 'Enter the name of the clinic or practice')),
  phone,
  street: forEverybody(words(1, 120, 'Enter building and street')),
  town: words(1, 80, 'Enter the town or city'),
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
  covers: forEverybody(words(0, 200)).default(''),
  minutes,
});
export type Fees = z.output<typeof feesForm>;

/** What somebody who is listed says of a place, and changes alone. */
export const placeForm = feesForm.extend({
  accessFeatures: z.preprocess(
    (value) => (value === undefined ? [] : [value].flat()),
    z.array(z.enum(ACCESS, 'Choose from the list')),
  ),
  directions: forEverybody(words(0, 400)).default(''),
});
export type PlaceWords = z.output<typeof placeForm>;

const reason = words(10, 1000, 'Write why, in a sentence: two reviewers read it');
/** What was checked, as it should be: each takes two reviewers. */
export const nameForm = youForm.pick({ title: true, displayName: true, familyName: true }).extend({ reason });
export const professionForm = beginForm.pick({ profession: true }).extend({ reason });
export const sinceForm = youForm.pick({ practisingSince: true }).extend({ reason });
export const addressForm = locationForm.extend({ reason });
export const changeForm = z.object({ changeId: z.uuid() });
/** What is being typed, of which field. */
export const wordingQuery = z.object({ text: z.string().check(atMost(4000)) });

export const coverForm = z.object({
  outOfHoursName: words(1, 80, 'Enter the name of whoever answers out of hours'),
  outOfHoursPhone: phone,
  recordsCustodian: words(1, 120, 'Enter who keeps the records when you no longer can'),
});
export type Cover = z.output<typeof coverForm>;
