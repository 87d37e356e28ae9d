import { z } from 'zod';
import { list } from '#lib/format/words.ts';
import { publicWording } from '../policy/shared-wording.ts';
import { findBannedTerms } from '../policy/terms.ts';
import { words } from '../shared/words.ts';
import {
  answersTo,
  REFUSAL_REASONS,
  REPLY_RETURN_REASONS,
  RETURN_REASONS,
  type Answer,
  type Question,
  type RefusalReason,
  type ReplyReturnReason,
  type ReturnReason,
} from './review.ts';

const LONGEST = 3000;

/**
 * Words for everybody to read, of somebody whom the law on advertising never crossed the mind. What cannot stay is named, with
 * another way to say it; what is criticised stays.
 */
function forEverybody(shortest: number, missing: string) {
  return words(shortest, LONGEST, missing).superRefine((text, context) => {
    const found = [...new Set(findBannedTerms(text, publicWording).map((match) => `“${match.text}”`))];
    if (found.length > 0)
      context.addIssue({
        code: 'custom',
        message: `Public pages cannot say ${list(found)}: the law forbids advertising a prescription medicine, also in the words of somebody who was there. Write “the visit” or “what was done” instead. Everything else can stay, good or bad`,
      });
  });
}

const answer = (question: Question) =>
  z.enum(answersTo(question) as [Answer, ...Answer[]], 'Choose an answer');

const said = forEverybody(20, 'Write a sentence or two about how it was');

export const reviewForm = z.object({
  listened: answer('listened'),
  explained_risks: answer('explained_risks'),
  free_to_say_no: answer('free_to_say_no'),
  clean_and_calm: answer('clean_and_calm'),
  easy_to_reach: answer('easy_to_reach'),
  words: said,
});
export type ReviewInput = z.output<typeof reviewForm>;

export const rewordForm = z.object({ words: said });
export const replyForm = z.object({ words: forEverybody(10, 'Write your reply') });

const keysOf = <Key extends string>(table: Record<Key, unknown>) => Object.keys(table) as [Key, ...Key[]];
const neutral = words(10, LONGEST, 'Write what cannot stay, and how it could be put');

export const returnForm = z.object({
  reason: z.enum(keysOf<ReturnReason>(RETURN_REASONS), 'Choose why it goes back'),
  words: neutral,
});
export const replyReturnForm = z.object({
  reason: z.enum(keysOf<ReplyReturnReason>(REPLY_RETURN_REASONS), 'Choose why it goes back'),
  words: neutral,
});
export const refusalForm = z.object({
  reason: z.enum(keysOf<RefusalReason>(REFUSAL_REASONS), 'Choose why it is not published'),
  words: words(10, LONGEST, 'Write what shows it: who wrote it reads this'),
});

/** Which page of the reviews; whatever is no number is the first. */
export function pageOf(typed: string | null): number {
  return Math.max(1, Math.min(1000, Math.floor(Number(typed)) || 1));
}
