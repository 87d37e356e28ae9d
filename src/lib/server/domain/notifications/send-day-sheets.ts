import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import { formatCalendarDay } from '../shared/dates.ts';
import type { Letter } from '../shared/letter.ts';
import { queueMail } from '../shared/queue-mail.ts';
import { transact } from '../shared/transact.ts';
import { findMornings } from './message-queries.ts';

/** From seven on the clock where they work; where the worker was away, until noon. */
const MORNING = { from: 7, until: 12 };

/** Sends practitioners who asked for it the way to their day sheet, once a day. Harmless however often it runs. */
export async function sendDaySheets(db: Db, publicUrl: URL): Promise<void> {
  for (const { practitionerId, name, email, day } of await findMornings(db, MORNING)) {
    await transact(db, system, (trx) =>
      queueMail(trx, {
        kind: 'day_sheet',
        publicUrl,
        key: `day-sheet:${practitionerId}:${day}`,
        toName: name,
        toAddress: email,
        letter: daySheetLetter(day, new URL(paths.daySheet({ day }), publicUrl).href),
      }),
    );
  }
}

/** A link and nothing else: nobody who comes is named in a mail. */
export function daySheetLetter(day: string, link: string): Letter {
  return {
    subject: `Your day sheet, ${formatCalendarDay(day)}`,
    opening: ['who comes today, and when, is on your page, ready to print.'],
    action: { text: 'Open the day sheet', href: link },
  };
}
