import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { startSession } from '#lib/server/domain/accounts/sessions.ts';
import type { Db } from '#lib/server/platform/db.ts';
import type { OpenTime } from '../../builders/open-times.ts';
import { patient } from '../../builders/people.ts';
import { ask, type Answer } from '../../harness/api.ts';

/** Somebody who wants a time, and has a session. */
export interface Booking extends OpenTime {
  readonly cookie: string;
}

/** A patient with a session for each of these times. */
export async function withPatients(owner: Db, times: readonly OpenTime[]): Promise<Booking[]> {
  const bookings: Booking[] = [];
  for (const time of times) {
    const { accountId } = await patient(owner);
    bookings.push({ ...time, cookie: `session=${await startSession(owner, accountId)}` });
  }
  return bookings;
}

/** What servers answered while something was broken. */
export interface Told {
  /** 503, or no answer at all: nobody knows what became of it. */
  unknown: number;
  /** 503 that did not say when to come back. */
  withoutWhen: number;
  /** Any other error of the server. */
  errors: number;
  /** Refusals, which nobody should hear who wants a time that is free. */
  refused: string[];
}

export const nothingTold = (): Told => ({ unknown: 0, withoutWhen: 0, errors: 0, refused: [] });

const AGAIN_MS = 100;
const PATIENCE = 400;

/** Sends it under one key until somebody knows what became of it; undefined for one that never ended well. */
export async function insist(
  server: () => { url: string },
  told: Told,
  request: { path: string; body?: object; cookies: string[] },
  key = randomUUID() as string,
): Promise<Answer | undefined> {
  for (let attempt = 0; attempt < PATIENCE; attempt++) {
    const answer = await ask(server(), { ...request, key });
    if (answer !== null && answer.status < 500) {
      if (answer.status < 300) return answer;
      told.refused.push(`${answer.status} ${answer.body.code}`);
      return undefined;
    }
    if (answer !== null && answer.status !== 503) told.errors += 1;
    else told.unknown += 1;
    if (answer?.status === 503 && answer.retryAfter === null) told.withoutWhen += 1;
    await wait(AGAIN_MS);
  }
  return undefined;
}

/** Takes the time; answers the hold with what the browser has then. */
export async function take(
  server: () => { url: string },
  told: Told,
  { who, where, start, cookie }: Booking,
) {
  const answer = await insist(server, told, {
    path: 'holds',
    body: { practitioner: who.slug, location: where.locationId, start: start.toString() },
    cookies: [cookie],
  });
  return answer && { id: answer.body.id!, cookies: [cookie, ...answer.cookies] };
}

/** Takes the time and books it; answers the id of what was acknowledged. */
export async function bookOver(
  server: () => { url: string },
  told: Told,
  booking: Booking,
): Promise<string | undefined> {
  const hold = await take(server, told, booking);
  if (hold === undefined) return undefined;
  const path = `holds/${hold.id}/confirmation`;
  const confirmed = await insist(server, told, { path, cookies: hold.cookies });
  return confirmed && hold.id;
}

/** How many of these are not, or not alone, in the calendar at their time. */
export async function countMissing(owner: Db, acknowledged: ReadonlyMap<string, OpenTime>): Promise<number> {
  const rows = await owner
    .selectFrom('appointment')
    .where('live', '=', true)
    .select(['id', 'practitioner_id', 'during', 'state'])
    .execute();
  const at = Map.groupBy(rows, (row) => `${row.practitioner_id} ${row.during.start!.toString()}`);
  let missing = 0;
  for (const [id, { who, start }] of acknowledged) {
    const there = at.get(`${who.id} ${start.toString()}`) ?? [];
    if (there.length !== 1 || there[0]!.id !== id || there[0]!.state !== 'confirmed') missing += 1;
  }
  return missing;
}
