import { z } from 'zod';
import { requestKey } from '../booking/input.ts';
import { isoInstant } from '../shared/days.ts';
import { CONSENT_ITEMS } from './consent-text.ts';
import {
  CHOICES,
  HEALTH_QUESTIONS,
  HEALTH_QUESTIONS_VERSION,
  type HealthAnswers,
} from './health-questions.ts';

const words = (most: number) => z.string().trim().max(most, `Use at most ${most} characters`);
const choice = z.enum(
  CHOICES.map(({ value }) => value),
  { error: 'Choose an answer' },
);

const questions = Object.fromEntries(
  HEALTH_QUESTIONS.map(({ code, answer }) => [code, answer === 'choice' ? choice : words(2_000).default('')]),
);

/** The health questions, and the date of the last treatment elsewhere as three fields, all empty when there was none. */
export const healthForm = z
  .object({
    ...questions,
    'lastTreatedElsewhereOn-day': words(2).default(''),
    'lastTreatedElsewhereOn-month': words(2).default(''),
    'lastTreatedElsewhereOn-year': words(4).default(''),
  })
  .transform((form, context) => {
    const {
      'lastTreatedElsewhereOn-day': day,
      'lastTreatedElsewhereOn-month': month,
      'lastTreatedElsewhereOn-year': year,
      ...given
    } = form as Record<string, string> & Record<`lastTreatedElsewhereOn-${'day' | 'month' | 'year'}`, string>;
    const answers: HealthAnswers = { ...given, version: HEALTH_QUESTIONS_VERSION };
    if (!day && !month && !year) return { answers, lastTreatedElsewhereOn: null };
    try {
      const date = Temporal.PlainDate.from(
        { year: Number(year), month: Number(month), day: Number(day) },
        { overflow: 'reject' },
      );
      if (date.year >= 1980) return { answers, lastTreatedElsewhereOn: date.toString() };
    } catch {
      // Said below, like a year that cannot be.
    }
    context.addIssue({
      code: 'custom',
      path: ['lastTreatedElsewhereOn'],
      message: 'Enter a real date, or leave all three empty',
    });
    return z.NEVER;
  });

const ticked = z.literal('yes', { error: 'Tick this, or choose “No, thank you”' });

/** Each item of consent is a checkbox of its own. */
export const consentForm = z.object(Object.fromEntries(CONSENT_ITEMS.map(({ code }) => [code, ticked])));

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
  message: words(2_000).min(1, 'Tell us what you notice'),
  phone: words(40).regex(/^[+\d][\d\s().-]{5,}$/, 'Enter a telephone number, like 020 7946 0018'),
});
