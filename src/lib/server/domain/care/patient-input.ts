import { z } from 'zod';
import { requestKey } from '../booking/input.ts';
import { isoInstant } from '../shared/days.ts';
import { lengthOf, upTo, words } from '../shared/words.ts';
import type { ConsentForm } from './consent-forms.ts';
import { isAsked, questionsOf } from './health-questions.ts';
import type { Questionnaire } from './questionnaires/questionnaire.ts';

const LONGEST_WORDS = 2_000;
/** All answers of a draft together: the table takes a little more, for the blanks that jsonb puts between them. */
const MOST_KEPT = 59_000;

const DATE = 'lastTreatedElsewhereOn';
type Typed = Readonly<Record<string, string | string[] | undefined>>;

/**
 * The answers to one version of the health questions. What is not asked of somebody who answers so is left out, and of
 * the rest each gap is named.
 */
export const healthForm = (questionnaire: Questionnaire) =>
  z.record(z.string(), z.union([z.string(), z.array(z.string())])).transform((form: Typed, context) => {
    const problem = (code: string, message: string) =>
      context.addIssue({ code: 'custom', path: [code], message });
    const answers: Record<string, string> = { version: questionnaire.version };
    let lastTreatedElsewhereOn: string | null = null;
    for (const question of questionsOf(questionnaire)) {
      if (!isAsked(question, answers)) continue;
      if (question.answer === 'date') {
        const date = dateIn(form);
        if (date === undefined) problem(DATE, 'Enter a real date');
        else if (date === null && question.required) problem(DATE, 'Enter the day. A guess is fine');
        lastTreatedElsewhereOn = date ?? null;
        continue;
      }
      const given = textIn(form, question.code);
      if (question.answer === 'choice' && !question.options?.some(({ value }) => value === given))
        problem(question.code, 'Choose an answer');
      else if (lengthOf(given) > LONGEST_WORDS)
        problem(question.code, `Use at most ${LONGEST_WORDS.toLocaleString('en-GB')} characters`);
      else if (question.required && given === '') problem(question.code, 'Write a few words');
      answers[question.code] = given;
    }
    return { answers, lastTreatedElsewhereOn };
  });

/** The answers as far as they go, kept while somebody still writes: as they were typed, and nothing else. */
export const healthDraftForm = z
  .record(z.string(), z.union([z.string(), z.array(z.string())]))
  .transform((form: Typed) => ({
    then: textIn(form, 'then').replace(/[^a-z]/g, ''),
    typed: Object.fromEntries(
      Object.keys(form)
        .filter((name) => /^[A-Za-z_]{1,40}(-(day|month|year))?$/.test(name) && name !== 'then')
        .slice(0, 100)
        .map((name) => [name, upTo(LONGEST_WORDS, textIn(form, name))]),
    ),
  }))
  .refine(({ typed }) => lengthOf(JSON.stringify(typed)) <= MOST_KEPT, {
    path: ['form'],
    error: 'That is more than can be kept. Use fewer words',
  });

const textIn = (form: Typed, name: string): string => [form[name] ?? ''].flat()[0]?.trim() ?? '';

/** Null where all three fields are empty; undefined where they are no day. */
function dateIn(form: Typed): string | null | undefined {
  const [day, month, year] = ['day', 'month', 'year'].map((part) => textIn(form, `${DATE}-${part}`));
  if (!day && !month && !year) return null;
  try {
    const date = Temporal.PlainDate.from(
      { year: Number(year), month: Number(month), day: Number(day) },
      { overflow: 'reject' },
    );
    return date.year >= 1980 ? date.toString() : undefined;
  } catch {
    return undefined;
  }
}

const ticked = z.literal('yes', { error: 'Tick this, or choose “No, thank you”' });

/** Each item of a form is a checkbox of its own. */
export const consentForm = ({ code, items }: ConsentForm) =>
  z
    .object({
      formCode: z.string().default(''),
      interpreter: words(0, 200).default(''),
      ...Object.fromEntries(items.map((item) => [item.code, ticked])),
    })
    .transform(({ formCode, interpreter, ...said }) => ({
      formCode: formCode || code,
      interpreter,
      items: Object.keys(said),
    }));

/** A free time, as the page offers it: which place, when. */
export const chosenTime = z.object({
  requestKey,
  start: z
    .string({ error: 'Choose a time' })
    .transform((text) => text.split(' '))
    .pipe(
      z.tuple([isoInstant({ error: 'Choose a time' }), z.uuid('Choose a time')], {
        error: 'Choose a time',
      }),
    )
    .transform(([start, locationId]) => ({ start: Temporal.Instant.from(start), locationId })),
});

/** The same with whom, when the patient changes to a colleague. */
export const movedTime = z.object({
  requestKey,
  start: z
    .string({ error: 'Choose a time' })
    .transform((text) => text.split(' '))
    .pipe(z.tuple([isoInstant(), z.uuid()], z.uuid(), { error: 'Choose a time' }))
    .transform(([start, locationId, practitionerId]) => ({
      start: Temporal.Instant.from(start),
      locationId,
      practitionerId,
    })),
});

/** Something does not feel right. */
export const urgentForm = z.object({
  requestKey,
  message: words(1, 2_000, 'Tell us what you notice'),
  phone: words(0, 40).regex(/^[+\d][\d\s().-]{5,}$/, 'Enter a telephone number, like 020 7946 0018'),
  /** A browser without a choice sends an empty text. */
  photo: z
    .union([z.instanceof(File), z.string()])
    .optional()
    .transform((photo) => (photo instanceof File ? photo : null)),
});
