import type { Db } from '#lib/server/platform/db.ts';
import type { MailContact } from '#lib/server/platform/mail.ts';
import { formatDayTime } from '../shared/dates.ts';
import { letterHtml } from '../shared/letter-html.ts';
import { letterText } from '../shared/letter-text.ts';
import { storedLetter } from '../shared/letter.ts';
import { findStoredLetter, listMail } from './queries.ts';

/** The newest 50 letters, of one address or of all. Demo and test mode only: the route refuses otherwise. */
export async function readMailbox(db: Db, toAddress: string | undefined, contact: MailContact) {
  const letters = await listMail(db, toAddress);
  return letters.map((letter) => ({
    id: letter.id,
    toName: letter.to_name,
    toAddress: letter.to_address,
    subject: letter.subject,
    paragraphs: textOf(letter, contact)
      .split('\n\n')
      .map((text) => text.split(/(https?:\/\/\S+)/)),
    hasPage: letter.letter !== null && !letter.text_only,
    isWaiting: letter.waits_until !== null,
    isStopped: letter.stopped_at !== null,
    at: letter.created_at.toString(),
    atText: formatDayTime(letter.created_at, 'Europe/London'),
  }));
}

/** One letter as most mail programs show it; undefined for one that has no such part. */
export async function readLetterPage(db: Db, id: string, contact: MailContact): Promise<string | undefined> {
  const row = await findStoredLetter(db, id);
  if (row?.letter == null) return undefined;
  const { letter, frame } = storedLetter.parse(row.letter);
  return letterHtml(letter, { ...frame, contact });
}

/** Its text as it leaves: how we are reached stands at the foot. */
function textOf({ body, letter: stored }: { body: string; letter: unknown }, contact: MailContact): string {
  if (stored == null) return body;
  const { letter, frame } = storedLetter.parse(stored);
  return letterText(letter, { ...frame, contact });
}
