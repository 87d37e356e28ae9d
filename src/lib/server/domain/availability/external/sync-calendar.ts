import { createHash } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import {
  CalendarProblem,
  type CalendarFailure,
  type CalendarLogin,
  type CalendarServer,
  type OpenCalendar,
} from '#lib/server/platform/calendar-server/port.ts';
import type { Db } from '#lib/server/platform/db.ts';
import {
  CannotUnseal,
  isSealedWithEarlierKey,
  seal,
  unseal,
  type SealingKeys,
} from '#lib/server/platform/seal.ts';
import { system } from '../../shared/actor.ts';
import { formatDayTime } from '../../shared/dates.ts';
import type { EventType } from '../../shared/events.ts';
import { queueMail } from '../../shared/queue-mail.ts';
import { isRefusal, type RefusalCode } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import { horizonAt, readEntries } from './ics.ts';
import {
  isSame,
  readOurs,
  stepFor,
  uidOfVisit,
  type DiaryEntry,
  type FoundEntry,
  type Step,
} from './our-entry.ts';
import { putBackLetter } from './put-back-letter.ts';
import { noteFetched } from './queries.ts';
import { noteUnread, queueRefresh, READ_AGAIN_HOURS } from './refresh-calendar.ts';
import { storeBusy } from './store-busy.ts';
import {
  deleteCopy,
  deleteEnded,
  findCalendarsToWrite,
  findCopies,
  findOwner,
  findToSync,
  findVisitsToWrite,
  makeDueSoon,
  noteDisturbed,
  noteWritten,
  putLogin,
  type VisitToWrite,
} from './sync-queries.ts';

/** So many changes are made at a server in one go; the rest a minute later. */
const MOST_CHANGES = 200;

const REASONS = {
  address: 'calendar_server',
  unreachable: 'calendar_unreachable',
  denied: 'calendar_denied',
  too_slow: 'calendar_too_slow',
  too_large: 'calendar_too_large',
  login: 'calendar_login',
  no_calendar: 'calendar_none',
  several: 'calendar_several',
  read_only: 'calendar_read_only',
} as const satisfies Record<CalendarFailure, RefusalCode>;

/** What it takes to keep a connected calendar and ours alike. */
export interface SyncTools {
  keys: SealingKeys;
  open: OpenCalendar;
  /** The text of one entry. */
  toText(entry: DiaryEntry): string;
  publicUrl: URL;
}

/** What changes the entry of a visit. */
export const copiedEvents: readonly EventType[] = [
  'appointment.confirmed',
  'appointment.imported',
  'appointment.moved',
  'appointment.replaced',
  'appointment.rebooked',
  'appointment.cancelled',
  'appointment.paused',
  'appointment.resumed',
];

/** A visit has changed: the calendars into which it is written are looked at now. */
export async function noticeVisit(db: Db, appointmentId: string): Promise<void> {
  const calendars = await findCalendarsToWrite(db, appointmentId);
  if (calendars.length === 0) return;
  await transact(db, system, async (trx) => {
    for (const { id } of calendars) await queueRefresh(trx, { id, kind: 'caldav' });
  });
}

/** Whose password it is, and for where. A row that was changed around it opens it no more. */
export function loginSeal(of: { practitionerId: string; username: string; address: string }): string {
  return `calendar login\n${of.practitionerId}\n${of.username}\n${of.address}`;
}

type Calendar = NonNullable<Awaited<ReturnType<typeof findToSync>>>;

/**
 * Keeps a connected calendar and ours alike. What is theirs becomes busy time; our visits stand in it as they are here, and
 * what somebody changed about them there is put back and told. Nothing of ours moves because of it. One that was
 * disconnected is emptied of what we wrote. Everything may run again: what is done is found done.
 */
export async function syncCalendar(db: Db, calendarId: string, tools: SyncTools): Promise<void> {
  const calendar = await findToSync(db, calendarId);
  if (calendar === undefined) return;
  const reason = await reasonOf(async () => {
    const server = await openIt(db, calendar, tools);
    if (calendar.isEnding) await takeOut(db, calendar, server);
    else await keepAlike(db, calendar, server, tools);
  });
  if (reason !== null) await noteUnread(db, calendar, reason);
}

/** Why it did not work, where the reason lies with the calendar; what is our own fault is thrown. */
async function reasonOf(work: () => Promise<void>): Promise<RefusalCode | null> {
  try {
    await work();
    return null;
  } catch (problem) {
    if (problem instanceof CalendarProblem) return REASONS[problem.failure];
    if (problem instanceof CannotUnseal) return 'calendar_sealed';
    if (isRefusal(problem) && problem.code.startsWith('calendar_')) return problem.code;
    throw problem;
  }
}

/** Signs in. The first time it finds the calendar that is meant, and from then on knows its own address. */
async function openIt(db: Db, calendar: Calendar, { keys, open }: SyncTools): Promise<CalendarServer> {
  const { id, practitionerId, username, sealedPassword } = calendar;
  const login: CalendarLogin = {
    address: calendar.address,
    username,
    password: unseal(keys, loginSeal(calendar), sealedPassword),
  };
  const address = calendar.readAt === null ? await open(login).find() : login.address;
  if (address !== login.address || isSealedWithEarlierKey(keys, sealedPassword)) {
    const resealed = seal(keys, loginSeal({ practitionerId, username, address }), login.password);
    const host = new URL(address).hostname;
    await transact(db, system, (trx) => putLogin(trx, id, { address, host, sealedPassword: resealed }));
  }
  return open({ ...login, address });
}

async function keepAlike(
  db: Db,
  calendar: Calendar,
  server: CalendarServer,
  tools: SyncTools,
): Promise<void> {
  const { id, practitionerId, now, timeZone } = calendar;
  const of = { calendarId: id, practitionerId };
  const version = await server.version();
  const visits = calendar.writes ? await findVisitsToWrite(db, of) : [];
  if (isAsBefore(calendar, version) && visits.every(({ wanted, written }) => isSame(written, wanted))) {
    await transact(db, system, (trx) => noteFetched(trx, id, null));
    return;
  }

  const horizon = horizonAt(now, timeZone);
  const entries = await server.read(
    Temporal.Instant.fromEpochMilliseconds(horizon.startsAt),
    Temporal.Instant.fromEpochMilliseconds(horizon.endsAt),
  );
  const ours = new Map<string, FoundEntry>();
  const theirs: string[] = [];
  for (const entry of entries) {
    const found = readOurs(entry);
    if (found === undefined) theirs.push(entry.text);
    else ours.set(found.appointmentId, found);
  }
  const { busy, skipped } = readEntries(theirs, horizon);
  const isThere = await transact(db, system, async (trx) => {
    const noted = await noteFetched(trx, id, { etag: version, lastModified: null, skipped });
    if (noted) await storeBusy(trx, of, busy);
    return noted;
  });
  if (isThere) await writeVisits(db, calendar, server, tools, visits, ours);
}

/** Nothing happened there since it was read, as far as its server tells. */
function isAsBefore({ version: known, readAt, now, failing }: Calendar, version: string | null): boolean {
  const isRecent = readAt !== null && now.since(readAt).total('hours') < READ_AGAIN_HOURS;
  return version !== null && version === known && isRecent && !failing;
}

async function writeVisits(
  db: Db,
  calendar: Calendar,
  server: CalendarServer,
  tools: SyncTools,
  visits: readonly VisitToWrite[],
  ours: ReadonlyMap<string, FoundEntry>,
): Promise<void> {
  const todo: { visit: VisitToWrite; found: FoundEntry | undefined; step: Step }[] = [];
  for (const visit of visits) {
    // It may have been moved out of the time that was read.
    const found =
      ours.get(visit.id) ??
      (visit.written === null ? undefined : await findOurs(server, visit.written.href, visit.id));
    const step = stepFor(visit.wanted, visit.written, found);
    if (step.kind === 'note' || step.kind === 'put') todo.push({ visit, found, step });
  }
  const now = todo.slice(0, MOST_CHANGES);
  await tellDisturbed(db, calendar, tools.publicUrl, now);
  let isDone = now.length === todo.length;
  for (const { visit, found, step } of now) {
    if (!(await takeStep(db, calendar, server, tools, visit, found, step))) isDone = false;
  }
  if (!isDone) await transact(db, system, (trx) => makeDueSoon(trx, calendar.id));
}

/** False where somebody was there in between: it is looked at again. */
async function takeStep(
  db: Db,
  calendar: Calendar,
  server: CalendarServer,
  tools: SyncTools,
  visit: VisitToWrite,
  found: FoundEntry | undefined,
  step: Step,
): Promise<boolean> {
  const href = found?.href ?? visit.written?.href ?? server.hrefOf(uidOfVisit(visit.id));
  const note = (etag: string | null, sequence: number) =>
    transact(db, system, (trx) =>
      noteWritten(trx, {
        calendarId: calendar.id,
        appointmentId: visit.id,
        href,
        etag,
        sequence,
        state: visit.wanted,
      }),
    );
  if (step.kind === 'note') {
    await note(found?.etag ?? null, found?.sequence ?? visit.written?.sequence ?? 0);
    return true;
  }
  if (step.kind !== 'put') return true;
  const put = await server.put(
    href,
    tools.toText(entryOf(visit, step.sequence, calendar, tools)),
    step.expected,
  );
  if (put !== 'conflict') {
    await note(put.etag, step.sequence);
    return true;
  }
  // Ours of an earlier time stands there, out of what was read.
  const there =
    visit.written === null && found === undefined ? await findOurs(server, href, visit.id) : undefined;
  if (there === undefined) return false;
  return takeStep(db, calendar, server, tools, visit, there, stepFor(visit.wanted, null, there));
}

async function findOurs(
  server: CalendarServer,
  href: string,
  appointmentId: string,
): Promise<FoundEntry | undefined> {
  const entry = await server.readOne(href);
  const found = entry === undefined ? undefined : readOurs(entry);
  return found?.appointmentId === appointmentId ? found : undefined;
}

function entryOf(
  visit: VisitToWrite,
  sequence: number,
  { now }: Calendar,
  { publicUrl }: SyncTools,
): DiaryEntry {
  return {
    uid: uidOfVisit(visit.id),
    sequence,
    changedAt: now,
    start: visit.start,
    end: visit.end,
    timeZone: visit.timeZone,
    title: 'Appointment',
    place: visit.place,
    words: new URL(paths.deskAppointment(visit.id), publicUrl).href,
    status: visit.wanted.status,
  };
}

/** Notes what somebody did to our entries and writes to them once, before anything is put back. */
async function tellDisturbed(
  db: Db,
  { id, practitionerId }: Calendar,
  publicUrl: URL,
  todo: readonly { visit: VisitToWrite; step: Step }[],
): Promise<void> {
  const disturbed = todo.flatMap(({ visit, step }) =>
    step.kind === 'put' && step.disturbed !== null
      ? [{ visit, why: step.disturbed, sequence: step.sequence }]
      : [],
  );
  if (disturbed.length === 0) return;
  const which = disturbed.map(({ visit, sequence }) => `${visit.id}:${sequence}`).join();
  const owner = await findOwner(db, practitionerId);
  await transact(db, system, async (trx) => {
    await noteDisturbed(
      trx,
      id,
      disturbed.map(({ visit, why }) => ({ appointmentId: visit.id, why })),
    );
    if (owner === undefined) return;
    await queueMail(trx, {
      kind: 'calendar_put_back',
      key: `calendar:${id}:${createHash('sha256').update(which).digest('hex')}`,
      toName: owner.name,
      toAddress: owner.email,
      letter: putBackLetter(
        disturbed.map(({ visit, why }) => ({ when: formatDayTime(visit.start, visit.timeZone), why })),
        new URL(paths.deskOtherCalendars(), publicUrl).href,
      ),
    });
  });
}

/** Takes what we wrote out of a calendar that was disconnected, and forgets it once nothing is left. */
async function takeOut(db: Db, { id }: Calendar, server: CalendarServer): Promise<void> {
  const copies = await findCopies(db, id, MOST_CHANGES + 1);
  for (const { appointmentId, href, etag } of copies.slice(0, MOST_CHANGES)) {
    if ((await server.remove(href, { etag })) === 'conflict') {
      const found = await findOurs(server, href, appointmentId);
      // What somebody made of it since then is theirs to keep, should they be at it right now.
      if (found !== undefined) await server.remove(found.href, { etag: found.etag });
    }
    await transact(db, system, (trx) => deleteCopy(trx, id, appointmentId));
  }
  await transact(db, system, (trx) =>
    copies.length > MOST_CHANGES ? makeDueSoon(trx, id) : deleteEnded(trx, id),
  );
}
