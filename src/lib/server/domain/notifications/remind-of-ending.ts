import { paths } from '#lib/paths.ts';
import { plural } from '#lib/format/words.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import { formatCalendarDate } from '../shared/dates.ts';
import type { Letter } from '../shared/letter.ts';
import { queueMail } from '../shared/queue-mail.ts';
import { transact } from '../shared/transact.ts';
import { findEndings, type Ending } from './ending-queries.ts';

/** What ends, in words that name no treatment: a title says what its holder likes. */
const WHAT: Readonly<Record<string, string>> = {
  registration: 'your registration',
  prescribing_right: 'your right to prescribe',
  toxin_training: 'your training for this work',
  life_support: 'your life support certificate',
  indemnity_insurance: 'your insurance',
};

/** Days before an end on which somebody is told of it (L4). */
const REMINDED = [7, 30, 60] as const;

/**
 * Tells practitioners of what their listing rests on and what ends soon: once in the last sixty days, once in the last
 * thirty, once in the last seven. Harmless however often it runs: a letter has one key.
 */
export async function remindOfEnding(db: Db, publicUrl: URL): Promise<void> {
  const desk = new URL(paths.desk(), publicUrl).href;
  for (const ending of await findEndings(db, REMINDED.at(-1)!)) {
    const { key, kind, endsOn, daysLeft, place, name, email } = ending;
    const mark = REMINDED.find((days) => daysLeft <= days)!;
    await transact(db, system, (trx) =>
      queueMail(trx, {
        kind: 'listing_ending',
        key: `ending:${key}:${endsOn}:${mark}`,
        toName: name,
        toAddress: email,
        letter: endingLetter({ kind, endsOn, daysLeft, place }, desk),
      }),
    );
  }
}

/** What ends, when, and what to do. */
export function endingLetter(
  { kind, endsOn, daysLeft, place }: Pick<Ending, 'kind' | 'endsOn' | 'daysLeft' | 'place'>,
  desk: string,
): Letter {
  const day = `${formatCalendarDate(endsOn)}, in ${plural(daysLeft, 'day')}`;
  return {
    subject: 'Something your listing rests on ends soon',
    opening: [
      kind === null
        ? `the decision by which you are listed in ${place} ends on ${day}: after three years two people look at everything again.`
        : `${WHAT[kind] ?? 'one of your credentials'}, on which your listing in ${place} rests, ends on ${day}.`,
      'Hand in its renewal in good time: two people look at it, and from the day of its end nobody can book with you. Appointments after that day would be put on hold.',
    ],
    action: { text: 'Your desk', href: desk },
  };
}
