import type { Answers } from '#lib/server/domain/reviews/review.ts';
import type { Random } from './random.ts';
import type { DemoEpisode, DemoReview } from './types.ts';

const WELL: Answers = {
  listened: 'yes',
  explained_risks: 'yes',
  free_to_say_no: 'yes',
  clean_and_calm: 'yes',
  easy_to_reach: 'not_tried',
};

/** Invented, like everybody here: glad, lukewarm and unhappy, as people are. */
const SAID: readonly (readonly [words: string, answers: Partial<Answers>, reply?: string])[] = [
  [
    'Took out a mirror, let me talk for ten minutes, and then told me plainly what could go wrong. I decided to wait, and nobody minded.',
    {},
  ],
  [
    'I was told no. I was cross for a day, and then glad: the reasons made sense and were written down for me.',
    {},
  ],
  [
    'Kind, exact, no selling at all. I rang with a question two days later and had an answer within the hour.',
    { easy_to_reach: 'yes' },
  ],
  [
    'Fine, but we started twenty-five minutes late and I felt that my last questions were hurried.',
    { listened: 'partly' },
    'Thank you for saying so. We have made the gaps between visits longer since.',
  ],
  [
    'The room was cold, and somebody walked in twice. What was said was clear and honest.',
    { clean_and_calm: 'partly' },
  ],
  [
    'I had hoped for more. It is even, and it was all as described beforehand, so I cannot complain. Two messages were never answered.',
    { easy_to_reach: 'no' },
    'I am sorry about the messages. Please call the clinic, so that we can find out where they went.',
  ],
  ['Asked what I do for a living before saying anything about my face. Nobody has ever done that.', {}],
  [
    'Very calm, step-free all the way as promised, and they faced me so that I could read their lips.',
    { easy_to_reach: 'yes' },
  ],
  [
    'I felt pushed to decide the same day. I said no. Please leave people more time to think.',
    { free_to_say_no: 'partly', listened: 'partly' },
    'You are right that nobody should feel that. The days to think it over are yours, whatever we say.',
  ],
  ['Answered every question on my list and added two that I had not thought of.', {}],
  [
    'The talk about what can go wrong was read from a sheet, quickly. I had to ask for it again.',
    { explained_risks: 'partly' },
  ],
  ['Honest about how little it would change. I left with nothing, and paid only what was said.', {}],
  ['Parking was a nightmare, the visit was not. Gentle, and stopped at once when I asked for a pause.', {}],
  [
    'Good at what they do, I think, but the telephone is never picked up after four.',
    { easy_to_reach: 'partly' },
  ],
];

/** What patients wrote about visits of theirs that took place, most of it published. Of those named, nearly everybody writes. */
export function reviewsOf(
  random: Random,
  episodes: readonly DemoEpisode[],
  isNamed: (practitionerSlug: string) => boolean,
): DemoReview[] {
  const said = random.deck(SAID);
  return episodes.flatMap((episode, episodeIndex) =>
    episode.visits.slice(0, 2).flatMap((visit, visitIndex) => {
      const isPast = visit.day.week < -1 && visit.fate === 'kept';
      if (!isPast || !random.chance(isNamed(visit.practitionerSlug) ? 0.9 : 0.35)) return [];
      const [words, answers, reply] = said();
      return [
        {
          episodeIndex,
          visitIndex,
          answers: { ...WELL, ...answers },
          words,
          fate: random.weighted([
            ['published', 90],
            ['waiting', 7],
            ['returned', 3],
          ] as const),
          reply: reply ?? null,
        },
      ];
    }),
  );
}
