import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { uidOfVisit } from '../availability/external/our-entry.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatCalendarDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { hashOfFeed, isFeedSecret, type FeedEntry } from './feed.ts';
import {
  findFeedOwner,
  findFeeds,
  findPatientTimes,
  findPractitionerTimes,
  type FeedRow,
  type Whose,
} from './feed-queries.ts';

const WORDS: Readonly<Record<Whose, { title: string; about: string }>> = {
  patient: {
    title: 'Your appointments',
    about: 'When and where. Each is called “Appointment”, and nothing says what for.',
  },
  practitioner: {
    title: 'Your diary',
    about: 'Your visits at all your locations. Of who comes, the first letters of the name and no more.',
  },
};

/** The calendars that the actor can have, and which of them somebody can read now. */
export async function readFeeds(db: Db, actor: Actor) {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('not_found');
  const { isPractitioner, feeds } = await transact(db, actor, (trx) => findFeeds(trx, accountId));
  const possible: readonly Whose[] = isPractitioner ? ['practitioner', 'patient'] : ['patient'];
  return possible.map((whose) => {
    const made = feeds.find((feed) => feed.whose === whose);
    return { whose, ...WORDS[whose], madeOn: made === undefined ? null : formatCalendarDate(made.madeOn) };
  });
}

/** What a secret opens: the entries of a calendar as they stand now. Undefined when it opens nothing. */
export async function readFeed(
  db: Db,
  publicUrl: URL,
  secret: string,
): Promise<{ title: string; entries: FeedEntry[] } | undefined> {
  const owner = isFeedSecret(secret) ? await findFeedOwner(db, hashOfFeed(secret)) : undefined;
  if (owner === undefined) return undefined;
  const { accountId, whose } = owner;
  const find = whose === 'patient' ? findPatientTimes : findPractitionerTimes;
  const rows = await transact(db, { kind: 'account', accountId }, (trx) => find(trx, accountId));
  return { title: 'Steadyhand', entries: rows.map((row) => entryOf(row, whose, publicUrl)) };
}

function entryOf(row: FeedRow, whose: Whose, publicUrl: URL): FeedEntry {
  const link = (path: string) => new URL(path, publicUrl).href;
  return {
    // A patient's entry is the one that the letters bring.
    uid: whose === 'patient' ? `${row.firstId}@steadyhand` : uidOfVisit(row.firstId),
    sequence: row.changes,
    changedAt: row.changedAt,
    start: row.during.start!,
    end: row.during.end!,
    timeZone: row.timeZone,
    title: whose === 'patient' ? 'Appointment' : `Appointment, ${row.initials}`,
    place: row.place,
    words:
      whose === 'patient'
        ? `Telephone: ${row.phone}\nChange or cancel it: ${link(paths.myAppointment(row.id))}`
        : link(paths.deskAppointment(row.id)),
    status: row.state === 'cancelled' ? 'CANCELLED' : row.state === 'paused' ? 'TENTATIVE' : 'CONFIRMED',
  };
}
