import { z } from 'zod';
import { words } from '../shared/words.ts';
import { bareCode } from './words.ts';

/** The parts of a record that can be shown apart, as row security knows them. */
export const SHARE_PARTS = [
  { value: 'consultations', label: 'Consultations: what was found and planned' },
  { value: 'prescriptions', label: 'Prescriptions and consent' },
  { value: 'treatments', label: 'Treatments and review visits' },
  { value: 'health', label: 'Your health answers' },
] as const;

const SHARE_DAYS = ['1', '7', '30'] as const;

/** A link for a second opinion. */
export const shareForm = z.object({
  forWhom: words(2, 120, 'Write whom it is for, so that you know it again'),
  parts: z
    .preprocess(
      (value) => (value === undefined || value === '' ? [] : [value].flat()),
      z.array(z.enum(['consultations', 'prescriptions', 'treatments', 'health'], 'Choose from the list')),
    )
    .refine((parts) => parts.length > 0, 'Choose at least one part'),
  days: z.enum(SHARE_DAYS, 'Choose how long it works'),
});

export const endShareForm = z.object({ shareId: z.uuid('Choose a link') });

/** Who reads says who they are. */
const reader = {
  readerName: words(2, 120, 'Write your name'),
  readerPlace: words(2, 160, 'Write where you work'),
};

export const openSharedForm = z.object(reader);

export const openCardForm = z.object({
  code: z
    .string('Type the code on the card')
    .transform(bareCode)
    .refine(
      (code) => /^[0-9A-F]{20}$/.test(code),
      'The code has five groups of four, digits and the letters A to F',
    ),
  ...reader,
});
