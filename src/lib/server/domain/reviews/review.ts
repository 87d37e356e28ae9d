/** What a review is. The trigger `review_step_take` holds the order of its steps. */
export type ReviewState = 'waiting' | 'published' | 'returned' | 'refused' | 'withdrawn';
export type ReplyState = 'none' | 'waiting' | 'published' | 'returned';

export type StepKind =
  | 'written'
  | 'published'
  | 'returned'
  | 'reworded'
  | 'proposed'
  | 'refused'
  | 'withdrawn'
  | 'replied'
  | 'reply_published'
  | 'reply_returned';

/** What a patient is asked, and what everybody reads of it. */
export const QUESTIONS = {
  listened: { asked: 'Did they listen to you?', said: 'Listened' },
  explained_risks: { asked: 'Did they explain what can go wrong?', said: 'Explained what can go wrong' },
  free_to_say_no: { asked: 'Did you feel free to say no?', said: 'Left people free to say no' },
  clean_and_calm: { asked: 'Was the place clean and calm?', said: 'Clean and calm' },
  easy_to_reach: { asked: 'Were they easy to reach afterwards?', said: 'Easy to reach afterwards' },
} as const;
export type Question = keyof typeof QUESTIONS;
export const QUESTION_NAMES = Object.keys(QUESTIONS) as Question[];

export const ANSWERS = {
  yes: 'Yes',
  partly: 'Partly',
  no: 'No',
  not_tried: 'I did not need to',
} as const;
export type Answer = keyof typeof ANSWERS;
export type Answers = Readonly<Record<Question, Answer>>;

/** What may be answered to a question: only who wanted to reach somebody can say how easy it was. */
export function answersTo(question: Question): Answer[] {
  return question === 'easy_to_reach' ? ['yes', 'partly', 'no', 'not_tried'] : ['yes', 'partly', 'no'];
}

/**
 * Why words go back to who wrote them (L7). That a review is critical is no reason, and the database knows none but these.
 */
export const RETURN_REASONS = {
  medicine: 'It names a prescription medicine, or hints at one',
  promise: 'It promises others a result',
  other_person: 'It names or describes somebody else, or gives an address or number',
  abuse: 'It threatens or insults, beside saying what happened',
} as const;
export type ReturnReason = keyof typeof RETURN_REASONS;

/** Why a reply goes back: the practitioner may not say what only the patient may tell. */
export const REPLY_RETURN_REASONS = {
  confidential: 'It says who the patient is, or something of their health',
  medicine: RETURN_REASONS.medicine,
  promise: RETURN_REASONS.promise,
  abuse: RETURN_REASONS.abuse,
} as const;
export type ReplyReturnReason = keyof typeof REPLY_RETURN_REASONS;

/** Why a review is not published at all, by two reviewers: it is not what it says it is. */
export const REFUSAL_REASONS = {
  not_the_patient: 'Somebody else wrote it than the person who was there',
  paid: 'It was written for money or a favour, or under pressure',
  not_this_visit: 'It is not about this practitioner or this visit at all',
} as const;
export type RefusalReason = keyof typeof REFUSAL_REASONS;

export type Reason = ReturnReason | ReplyReturnReason | RefusalReason;
export const REASON_WORDS: Readonly<Record<Reason, string>> = {
  ...RETURN_REASONS,
  ...REPLY_RETURN_REASONS,
  ...REFUSAL_REASONS,
};

/** How it stands, as who wrote it reads it. */
export const STATE_WORDS: Readonly<Record<ReviewState, string>> = {
  waiting: 'A reviewer of Steadyhand reads it',
  published: 'Published',
  returned: 'Back with you, for the wording',
  refused: 'Not published',
  withdrawn: 'Taken back',
};

/** What each step means, as everybody who may see it reads it. */
export const STEP_WORDS: Readonly<Record<StepKind, string>> = {
  written: 'Written',
  published: 'Published as it was written',
  returned: 'Sent back for the wording',
  reworded: 'Put otherwise',
  proposed: 'Not publishing it was proposed',
  refused: 'Not published',
  withdrawn: 'Taken back',
  replied: 'Replied to',
  reply_published: 'The reply was published',
  reply_returned: 'The reply was sent back for the wording',
};

/** From how many published reviews on shares are shown: of fewer, one person moves them too far. */
export const LEAST_FOR_SHARES = 5;

export type QuestionCounts = {
  readonly question: Question;
  readonly yes: number;
  readonly partly: number;
  readonly no: number;
  /** Who could tell: those who answered yes, partly or no. */
  readonly of: number;
};

/** The counts of each question, from every published review and no other. */
export function countAnswers(
  counted: Readonly<Partial<Record<Question, Readonly<Partial<Record<Answer, number>>>>>>,
): QuestionCounts[] {
  return QUESTION_NAMES.map((question) => {
    const { yes = 0, partly = 0, no = 0 } = counted[question] ?? {};
    return { question, yes, partly, no, of: yes + partly + no };
  });
}

/** What each side may do next. The database asks the same. */
export const MAY: Readonly<
  Record<'publish' | 'return' | 'refuse' | 'reword' | 'withdraw' | 'reply', readonly ReviewState[]>
> = {
  publish: ['waiting'],
  return: ['waiting', 'published'],
  refuse: ['waiting', 'published'],
  reword: ['returned'],
  withdraw: ['waiting', 'returned', 'published'],
  reply: ['published'],
};
