import ICAL from 'ical.js';
import nodeIcal from 'node-ical';
import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { cancelAppointment } from '#lib/server/domain/booking/cancel-appointment.ts';
import { changePractitioner } from '#lib/server/domain/booking/change-practitioner.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import { readFeed, readFeeds } from '#lib/server/domain/notifications/feed-reads.ts';
import { makeFeed, takeBackFeed } from '#lib/server/domain/notifications/make-feed.ts';
import { icsOfFeed } from '#lib/server/interop/ics/feed.ts';
import { account } from '../../builders/people.ts';
import { countedDb } from '../../harness/counted.ts';
import { booked } from '../booking/booked.ts';
import { as, openWorld, slots, type World } from '../booking/world.ts';

const SITE = new URL('https://steadyhand.test');
let world: World;
let times: Temporal.Instant[];
beforeAll(async () => {
  world = await openWorld();
  times = (await slots(world)).map(({ start }) => start);
});

/** What both parsers say of a calendar; they must agree. */
async function seen(secret: string) {
  const feed = await readFeed(world.db, SITE, secret);
  const text = icsOfFeed(feed!);
  const one = new ICAL.Component(ICAL.parse(text) as string)
    .getAllSubcomponents('vevent')
    .map((component) => {
      const event = new ICAL.Event(component);
      return {
        uid: event.uid,
        sequence: Number(component.getFirstPropertyValue('sequence')),
        title: event.summary,
        start: event.startDate.toJSDate().toISOString(),
        end: event.endDate.toJSDate().toISOString(),
        status: String(component.getFirstPropertyValue('status')),
      };
    });
  const other = Object.values(nodeIcal.sync.parseICS(text)).flatMap((component) =>
    component?.type === 'VEVENT'
      ? [
          {
            uid: component.uid,
            sequence: Number(component.sequence),
            title: typeof component.summary === 'string' ? component.summary : component.summary.val,
            start: component.start.toISOString(),
            end: component.end!.toISOString(),
            status: String(component.status),
          },
        ]
      : [],
  );
  expect(other).toEqual(one);
  return { text, entries: one };
}

const iso = (at: Temporal.Instant) => at.toString({ fractionalSecondDigits: 3 });

describe('a patient’s calendar', () => {
  it('has one entry for a booking: there, moved, with a colleague, cancelled', async () => {
    const { appointmentId, person, start } = await booked(world, times.at(60)!);
    const { secret } = await makeFeed(world.db, as(person), 'patient');
    const booking = (await seen(secret)).entries;
    expect(booking).toEqual([
      expect.objectContaining({ title: 'Appointment', start: iso(start), status: 'CONFIRMED', sequence: 0 }),
    ]);
    const { uid } = booking[0]!;

    await moveAppointment(world.db, as(person), { appointmentId, start: times.at(64)! });
    expect((await seen(secret)).entries).toEqual([
      expect.objectContaining({ uid, start: iso(times.at(64)!), status: 'CONFIRMED', sequence: 1 }),
    ]);

    const free = (await slots(world, world.town.otherPrescriber)).map((slot) => slot.start);
    const successor = await changePractitioner(world.db, as(person), {
      appointmentId,
      practitionerId: world.town.otherPrescriber.id,
      locationId: world.town.leeds.locationId,
      start: free.at(80)!,
    });
    expect((await seen(secret)).entries).toEqual([
      expect.objectContaining({ uid, start: iso(free.at(80)!), status: 'CONFIRMED', sequence: 2 }),
    ]);

    await cancelAppointment(world.db, as(person), { appointmentId: successor.id });
    const { text, entries } = await seen(secret);
    expect(entries).toEqual([
      expect.objectContaining({ uid, start: iso(free.at(80)!), status: 'CANCELLED', sequence: 3 }),
    ]);
    expect(text).not.toMatch(/consultation|treatment|botox|inject|prescri/i);
  });

  it('is the same text while nothing changes, empty or not', async () => {
    const person = await account(world.owner);
    const { secret } = await makeFeed(world.db, as(person), 'patient');
    const { text, entries } = await seen(secret);
    expect(entries).toEqual([]);
    const visit = await booked(world, times.at(90)!);
    const theirs = await makeFeed(world.db, as(visit.person), 'patient');
    const before = (await seen(theirs.secret)).text;
    await sql`UPDATE clock SET ahead_by = ahead_by + interval '90 minutes'`.execute(world.owner);
    expect([(await seen(secret)).text, (await seen(theirs.secret)).text]).toEqual([text, before]);
  });
});

describe('a practitioner’s diary', () => {
  it('has their own visits, and of who comes no more than first letters', async () => {
    const { prescriber, otherPrescriber } = world.town;
    const visit = await booked(world, times.at(100)!);
    const { given_name: given, family_name: family } = await world.owner
      .selectFrom('patient')
      .select(['given_name', 'family_name'])
      .where('id', '=', visit.person.id)
      .executeTakeFirstOrThrow();
    const { secret } = await makeFeed(world.db, as(prescriber), 'practitioner');
    const other = await makeFeed(world.db, as(otherPrescriber), 'practitioner');
    const { text, entries } = await seen(secret);
    const uid = `diary-${visit.appointmentId}@steadyhand`;
    expect(entries.find((entry) => entry.uid === uid)).toMatchObject({
      title: `Appointment, ${given[0]!.toUpperCase()}. ${family[0]!.toUpperCase()}.`,
      start: iso(visit.start),
    });
    expect(text).not.toContain(family);
    expect(text).not.toMatch(/consultation|treatment|botox|inject|prescri/i);
    expect((await seen(other.secret)).entries.map((entry) => entry.uid)).not.toContain(uid);
    await cancelAppointment(world.db, as(visit.person), { appointmentId: visit.appointmentId });
    expect((await seen(secret)).entries.find((entry) => entry.uid === uid)).toMatchObject({
      status: 'CANCELLED',
      sequence: 1,
    });
  });

  it('is for practitioners', async () => {
    const person = await account(world.owner);
    await expect(makeFeed(world.db, as(person), 'practitioner')).rejects.toMatchObject({ code: 'not_found' });
    expect((await readFeeds(world.db, as(person))).map(({ whose }) => whose)).toEqual(['patient']);
  });
});

describe('the secret', () => {
  it('is kept as a hash, opens nothing once taken back, and a new one ends the old one', async () => {
    const person = await account(world.owner);
    const { secret: first } = await makeFeed(world.db, as(person), 'patient');
    const { secret: second } = await makeFeed(world.db, as(person), 'patient');
    expect(await readFeed(world.db, SITE, first)).toBeUndefined();
    expect(await readFeed(world.db, SITE, second)).toBeDefined();
    const { rows } = await sql<{
      kept: string;
    }>`SELECT string_agg(f::text, ' ') AS kept FROM calendar_feed f`.execute(world.owner);
    expect(rows[0]!.kept).not.toContain(second);
    await takeBackFeed(world.db, as(person), 'patient');
    expect(await readFeed(world.db, SITE, second)).toBeUndefined();
    await expect(takeBackFeed(world.db, as(person), 'patient')).rejects.toMatchObject({ code: 'not_now' });
    for (const guess of ['', 'x', 'A'.repeat(43), "' OR true --"])
      expect(await readFeed(world.db, SITE, guess)).toBeUndefined();
  });

  it('opens nothing of somebody who is shut out', async () => {
    const person = await account(world.owner);
    const { secret } = await makeFeed(world.db, as(person), 'patient');
    await sql`UPDATE account SET suspended_at = app_now() WHERE id = ${person.accountId}`.execute(
      world.owner,
    );
    expect(await readFeed(world.db, SITE, secret)).toBeUndefined();
  });

  it('reads its entries in as many queries, however many they are', async () => {
    const { secret } = await makeFeed(world.db, as(world.town.prescriber), 'practitioner');
    const { db, counted } = countedDb(world.appUrl);
    const [, one] = await counted(() => readFeed(db, SITE, secret));
    for (const place of [110, 120, 130]) await booked(world, times.at(place)!);
    const [, more] = await counted(() => readFeed(db, SITE, secret));
    expect(more).toBe(one);
  });
});
