import type { Db } from '#lib/server/platform/db.ts';
import { formatDayTime } from '../shared/dates.ts';
import { listMail } from './queries.ts';

/** The newest 50 letters, of one address or of all. Demo and test mode only: the route refuses otherwise. */
export async function readMailbox(db: Db, toAddress: string | undefined) {
  const letters = await listMail(db, toAddress);
  return letters.map((letter) => ({
    id: letter.id,
    toName: letter.to_name,
    toAddress: letter.to_address,
    subject: letter.subject,
    paragraphs: letter.body.split('\n\n').map((text) => text.split(/(https?:\/\/\S+)/)),
    at: letter.created_at.toString(),
    atText: formatDayTime(letter.created_at, 'Europe/London'),
  }));
}
