import type { OptionalKind } from '../shared/letter-kinds.ts';

/** What somebody may do without, as they read it. */
export const OPTIONAL_IN_WORDS: Readonly<Record<OptionalKind, { label: string; hint: string }>> = {
  reminder_week: { label: 'A reminder a week before a visit', hint: 'In time to choose another day.' },
  reminder_two_days: {
    label: 'A reminder two days before a visit',
    hint: 'In time to change it without trouble for anybody.',
  },
  reminder_last: {
    label: 'A reminder three hours before a visit',
    hint: 'Or the evening before, where that would be at night.',
  },
  waitlist_offer: {
    label: 'Earlier times that come free',
    hint: 'Only while you are on a waitlist. Without them you find offers on your page alone.',
  },
  review_request: {
    label: 'The question how a visit was',
    hint: 'Once for each visit, and you owe nobody an answer.',
  },
  day_sheet: {
    label: 'The way to your day sheet, at seven in the morning',
    hint: 'On days with visits. A link and nothing else: no names leave by mail.',
  },
};

/** What everybody gets, and why. */
export const ALWAYS_IN_WORDS: readonly { what: string; why: string }[] = [
  {
    what: 'When a visit is booked, moved, cancelled or on hold',
    why: 'you would come in vain, or not come at all.',
  },
  { what: 'How to get help after a visit', why: 'it can matter within hours.' },
  {
    what: 'When your summary or your record is there',
    why: 'it is yours to read before you decide anything.',
  },
  { what: 'Answers to what you told us', why: 'they have days by which you can go on.' },
  { what: 'Your address, your password, who signs in', why: 'it is how you notice that somebody else does.' },
];
