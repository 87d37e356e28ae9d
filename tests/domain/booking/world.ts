import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect } from 'vitest';
import { freeSlots, type FreeSlot } from '#lib/server/domain/availability/reads.ts';
import { holdSlot, type Hold, type HoldInput } from '#lib/server/domain/booking/hold-slot.ts';
import { findVisitor } from '#lib/server/domain/booking/party.ts';
import type { Actor } from '#lib/server/domain/shared/actor.ts';
import { isRefusal, type RefusalCode } from '#lib/server/domain/shared/refusal.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { setClock } from '../../builders/act.ts';
import { build, type Town } from '../../builders/town.ts';
import { afterFile } from '../../harness/after.ts';
import { createTestDatabase } from '../../harness/database.ts';

/** A town, seen by the application and by the owner of its database, who moves the clock. */
export interface World {
  db: Db;
  owner: Db;
  town: Town;
  /** The same database as the application, for another handle on it. */
  appUrl: string;
  workerUrl: string;
}

/** `at`: the moment at which its clock starts; without it, now. */
export async function openWorld({
  connections = 8,
  at,
}: { connections?: number; at?: string } = {}): Promise<World> {
  const { urls } = await createTestDatabase();
  const open = (url: string, max: number) => {
    const db = openDb(openPool(url, { max, onError: () => {} }));
    afterFile(() => db.destroy());
    return db;
  };
  const owner = open(urls.owner, 2);
  if (at !== undefined) await setClock(owner, at);
  return {
    db: open(urls.app, connections),
    owner,
    town: await build(owner),
    appUrl: urls.app,
    workerUrl: urls.worker,
  };
}

export const anonymous: Actor = { kind: 'visitor', partyId: null };
export const as = ({ accountId }: { accountId: string }): Actor => ({ kind: 'account', accountId });

/** The prescriber's free times in Leeds. */
export function slots({ db, town }: World, who = town.prescriber): Promise<FreeSlot[]> {
  return freeSlots(db, { practitionerIds: [who.id], locationId: town.leeds.locationId });
}

/** A hold by a visitor of its own, with the party that its browser would carry. */
export async function hold(
  world: World,
  start: Temporal.Instant,
  { actor = anonymous, ...about }: Partial<HoldInput> & { actor?: Actor } = {},
): Promise<Hold & { partyId: string; visitorToken: string }> {
  const visitorToken = about.visitorToken ?? randomUUID();
  const kept = await holdSlot(world.db, actor, {
    practitioner: world.town.prescriber.slug,
    location: world.town.leeds.locationId,
    start,
    dateOfBirth: '1984-03-27',
    visitorToken,
    ...about,
  });
  return { ...kept, visitorToken, partyId: (await findVisitor(world.db, visitorToken))! };
}

/** The code of the refusal that `work` ends with. */
export async function refusalOf(work: Promise<unknown>): Promise<RefusalCode | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.code;
  }
}

export async function expectRefusal(work: Promise<unknown>, code: RefusalCode): Promise<void> {
  expect(await refusalOf(work)).toBe(code);
}

/** How many rows there are of everything that a booking writes. */
export async function rows(owner: Db): Promise<Record<string, number>> {
  const { rows } = await sql<Record<string, number>>`
    SELECT (SELECT count(*) FROM appointment) AS appointments, (SELECT count(*) FROM block) AS blocks,
           (SELECT count(*) FROM booking_party) AS parties, (SELECT count(*) FROM booking_draft) AS drafts,
           (SELECT count(*) FROM event) AS events, (SELECT count(*) FROM idempotency_key) AS answers`.execute(
    owner,
  );
  return rows[0]!;
}

export async function stateOf({ owner }: World, appointmentId: string): Promise<string> {
  const { state } = await owner
    .selectFrom('appointment')
    .select('state')
    .where('id', '=', appointmentId)
    .executeTakeFirstOrThrow();
  return state;
}

export async function eventsOf({ owner }: World, appointmentId: string): Promise<string[]> {
  const events = await owner
    .selectFrom('event')
    .select('type')
    .where('subject_id', '=', appointmentId)
    .orderBy('id')
    .execute();
  return events.map(({ type }) => type);
}
