/** What pictures of somebody may be used for. Each is asked, given and taken back on its own (L6). */
export const PURPOSES = {
  record: {
    title: 'For your record',
    text: 'The clinic keeps the pictures with your record, to compare next time. Nobody else sees them.',
  },
  consultation: {
    title: 'To show to other patients in a consultation',
    text: 'The practitioner may show the pictures to somebody in the room. They are not on the internet.',
  },
  public: {
    title: 'On the practitioner’s public page',
    text: 'Everybody can see the pictures, without your name. Where the law forbids that, they are not shown there.',
  },
} as const satisfies Record<string, { title: string; text: string }>;

export type Purpose = keyof typeof PURPOSES;
export const PURPOSE_CODES = Object.keys(PURPOSES) as [Purpose, ...Purpose[]];

/** The last word about one use of pictures of one treatment. */
export type Word = 'asked' | 'given' | 'declined' | 'withdrawn';

export const WORDS: Readonly<Record<Word, string>> = {
  asked: 'Asked; no answer yet',
  given: 'Yes',
  declined: 'No',
  withdrawn: 'Taken back',
};
