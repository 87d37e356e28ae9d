import ICAL from 'ical.js';
import { sql } from 'kysely';
import nodeIcal from 'node-ical';
import { beforeAll, describe, expect, it } from 'vitest';
import { connectCalendar } from '#lib/server/domain/availability/external/connect-calendar.ts';
import { disconnectCalendar } from '#lib/server/domain/availability/external/disconnect-calendar.ts';
import { readConnected, readOtherCalendars } from '#lib/server/domain/availability/external/reads.ts';
import { uidOfVisit } from '#lib/server/domain/availability/external/our-entry.ts';
import {
  noticeVisit,
  syncCalendar,
  type SyncTools,
} from '#lib/server/domain/availability/external/sync-calendar.ts';
import { cancelAppointment } from '#lib/server/domain/booking/cancel-appointment.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import { icsOfCopy } from '#lib/server/interop/ics/feed.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { passTime } from '../../../builders/act.ts';
import { afterFile } from '../../../harness/after.ts';
import { hasRadicale } from '../../../harness/radicale.ts';
import { booked } from '../../booking/booked.ts';
import { as, expectRefusal, openWorld, slots, type World } from '../../booking/world.ts';
import { calendarOf, entry } from './calendar-text.ts';
import { atRadicale, inMemory, type Outside } from './outside.ts';

const KEYS = [{ name: 'a', key: Buffer.alloc(32, 1) }];
const PUBLIC_URL = new URL('https://steadyhand.test');

let world: World;
let worker: Db;
beforeAll(async () => {
  world = await openWorld();
  worker = openDb(openPool(world.workerUrl, { max: 2, onError: () => {} }));
  afterFile(() => worker.destroy());
});

const me = () => as(world.town.prescriber);
const compact = (at: Temporal.Instant) => `${at.toString().replaceAll(/[-:]/g, '').slice(0, 15)}Z`;
const theirs = (uid: string, start: Temporal.Instant, minutes = 10) =>
  calendarOf(
    entry(`UID:${uid}`, 'DTSTAMP:20270101T000000Z', `DTSTART:${compact(start)}`, `DURATION:PT${minutes}M`),
  );
const tools = (outside: Outside, keys = KEYS): SyncTools => ({
  keys,
  open: outside.open,
  toText: icsOfCopy,
  publicUrl: PUBLIC_URL,
});

async function connect(outside: Outside, name: string, writes = true): Promise<string> {
  const calendar = { name, location: world.town.leeds.locationId, writes, ...outside.login };
  await connectCalendar(world.db, me(), calendar, KEYS, outside.rules);
  return (await shown(name))!.id;
}
const shown = async (name: string) =>
  (await readOtherCalendars(world.db, me())).calendars.find((calendar) => calendar.name === name);
const isOffered = async (start: Temporal.Instant) =>
  (await slots(world)).some((slot) => slot.start.equals(start));
const letters = async () =>
  (
    await world.owner
      .selectFrom('mail_message')
      .select('body')
      .where('kind', '=', 'calendar_put_back')
      .execute()
  ).length;
/** A free time that stands far from all others. */
async function freeTime(nth: number): Promise<Temporal.Instant> {
  const times = await slots(world);
  return times[Math.floor((times.length * nth) / 20)]!.start;
}

/** The entry of a visit, by two programs that read calendars; fails where there is more than one. */
async function seen(outside: Outside, appointmentId: string) {
  const uid = uidOfVisit(appointmentId);
  const texts = [...(await outside.entries()).values()].filter((text) => text.includes(uid));
  if (texts.length === 0) return undefined;
  expect(texts).toHaveLength(1);
  const events = new ICAL.Component(ICAL.parse(texts[0]!) as unknown[]).getAllSubcomponents('vevent');
  expect(events).toHaveLength(1);
  const event = new ICAL.Event(events[0]);
  const others = Object.values(nodeIcal.sync.parseICS(texts[0]!)).flatMap((one) =>
    one?.type === 'VEVENT' ? [one] : [],
  );
  expect(others).toHaveLength(1);
  const read = others[0]!;
  expect(read.start.getTime()).toBe(event.startDate.toUnixTime() * 1000);
  expect([read.uid, Number(read.sequence), read.status]).toEqual([
    uid,
    event.sequence,
    String(events[0]!.getFirstPropertyValue('status')),
  ]);
  return {
    start: Temporal.Instant.fromEpochMilliseconds(read.start.getTime()).toString(),
    minutes: event.duration.toSeconds() / 60,
    sequence: event.sequence,
    status: read.status,
    title: event.summary,
    text: texts[0]!,
  };
}
/** The same visit under other words, as a program of its owner would send it. */
const moved = (text: string, to: Temporal.Instant) =>
  text.replace(/BEGIN:VEVENT[^]*END:VEVENT/, (event) =>
    event
      .replace(/^DTSTART.*$/m, `DTSTART:${compact(to)}`)
      .replace(/^DTEND.*$/m, `DTEND:${compact(to.add({ minutes: 30 }))}`),
  );
const nameOf = async (outside: Outside, appointmentId: string) =>
  [...(await outside.entries())].find(([, text]) => text.includes(uidOfVisit(appointmentId)))![0];

const engines: [string, boolean, () => Outside | Promise<Outside>][] = [
  ['a calendar in memory', true, inMemory],
  ['Radicale', hasRadicale(), atRadicale],
];
describe.each(engines)('two ways with %s', (engine, isHere, make) => {
  it.skipIf(!isHere)('a visit is booked, moved and cancelled: one entry, moved, then cancelled', async () => {
    const outside = await make();
    const id = await connect(outside, `${engine} 1`);
    const sync = () => syncCalendar(worker, id, tools(outside));
    const before = await letters();
    const [first, second] = [await freeTime(3), await freeTime(5)];
    const { appointmentId, person } = await booked(world, first);

    await sync();
    const began = (await seen(outside, appointmentId))!;
    expect(began).toMatchObject({
      start: first.toString(),
      sequence: 0,
      status: 'CONFIRMED',
      title: 'Appointment',
    });
    const told = JSON.stringify([person.accountId, person.id]);
    expect(began.text).not.toMatch(/consultation|toxin|treat|botul/i);
    for (const secret of JSON.parse(told) as string[]) expect(began.text).not.toContain(secret);
    expect((await shown(`${engine} 1`))!.lines.join(' ')).toMatch(/appointments stands? in it/);

    // Once more changes nothing.
    await sync();
    expect(await seen(outside, appointmentId)).toEqual(began);

    await moveAppointment(world.db, as(person), { appointmentId, start: second });
    await sync();
    expect(await seen(outside, appointmentId)).toMatchObject({ start: second.toString(), sequence: 1 });

    await cancelAppointment(world.db, as(person), { appointmentId });
    await sync();
    expect(await seen(outside, appointmentId)).toMatchObject({ sequence: 2, status: 'CANCELLED' });
    // Who throws it away now throws away nothing.
    await outside.remove(await nameOf(outside, appointmentId));
    await sync();
    expect(await seen(outside, appointmentId)).toBeUndefined();
    expect(await letters()).toBe(before);
    await disconnectCalendar(world.db, me(), { calendar: id, copies: 'leave' });
  });

  it.skipIf(!isHere)(
    'what is theirs takes time, without a word of it; a clash is shown and moves nobody',
    async () => {
      const outside = await make();
      const id = await connect(outside, `${engine} 2`);
      const sync = () => syncCalendar(worker, id, tools(outside));
      const before = await letters();
      const [visitAt, theirsAt] = [await freeTime(7), await freeTime(9)];
      const { appointmentId } = await booked(world, visitAt);
      await outside.put('lunch.ics', theirs('lunch@example.test', theirsAt));
      await sync();
      expect(await isOffered(theirsAt)).toBe(false);
      expect((await readOtherCalendars(world.db, me())).conflicts).toEqual([]);
      const { rows } = await sql<{ kept: string }>`
      SELECT string_agg(row_to_json(b)::text, '') || string_agg(row_to_json(c)::text, '') AS kept
        FROM external_calendar c JOIN external_busy b ON b.calendar_id = c.id WHERE c.id = ${id}`.execute(
        world.owner,
      );
      expect(rows[0]!.kept).not.toMatch(/business|lunch/);

      await outside.remove('lunch.ics');
      await outside.put('clash.ics', theirs('clash@example.test', visitAt));
      await sync();
      expect(await isOffered(theirsAt)).toBe(true);
      expect((await readOtherCalendars(world.db, me())).conflicts).toMatchObject([
        { appointmentId, calendarName: `${engine} 2` },
      ]);
      expect(await seen(outside, appointmentId)).toMatchObject({ start: visitAt.toString(), sequence: 0 });
      expect(await letters()).toBe(before);
      await disconnectCalendar(world.db, me(), { calendar: id, copies: 'leave' });
    },
  );

  it.skipIf(!isHere)(
    'an entry of ours that is changed or deleted there is put back, and told once',
    async () => {
      const outside = await make();
      const id = await connect(outside, `${engine} 3`);
      const sync = () => syncCalendar(worker, id, tools(outside));
      const [visitAt, elsewhere] = [await freeTime(11), await freeTime(13)];
      const { appointmentId } = await booked(world, visitAt);
      await sync();
      const before = await letters();

      // An alarm of their own is theirs to have.
      const name = await nameOf(outside, appointmentId);
      const alarm = ['BEGIN:VALARM', 'ACTION:DISPLAY', 'DESCRIPTION:Now', 'TRIGGER:-PT10M', 'END:VALARM'];
      const { text } = (await seen(outside, appointmentId))!;
      await outside.put(name, text.replace('END:VEVENT', [...alarm, 'END:VEVENT'].join('\r\n')));
      await sync();
      expect((await seen(outside, appointmentId))!.text).toContain('BEGIN:VALARM');
      expect(await letters()).toBe(before);

      await outside.put(name, moved(text, elsewhere));
      expect((await seen(outside, appointmentId))!.start).toBe(elsewhere.toString());
      await sync();
      expect(await seen(outside, appointmentId)).toMatchObject({ start: visitAt.toString(), sequence: 1 });
      expect(await letters()).toBe(before + 1);
      const { putBack } = await readOtherCalendars(world.db, me());
      expect(putBack).toMatchObject([{ appointmentId, about: `was changed in ${engine} 3 and put back` }]);
      await sync();
      expect(await letters()).toBe(before + 1);

      await outside.remove(name);
      await sync();
      expect(await seen(outside, appointmentId)).toMatchObject({ start: visitAt.toString(), sequence: 2 });
      expect(await letters()).toBe(before + 2);

      // Out of the time that is read is changed as well, not deleted.
      await outside.put(name, moved(text, visitAt.add({ hours: 24 * 900 })));
      await sync();
      expect(await seen(outside, appointmentId)).toMatchObject({ start: visitAt.toString(), sequence: 3 });

      // Three times is enough.
      await outside.remove(name);
      await sync();
      await sync();
      expect(await seen(outside, appointmentId)).toBeUndefined();
      expect((await readOtherCalendars(world.db, me())).putBack[0]!.about).toContain('put back no more');
      expect(await letters()).toBe(before + 3);
      await disconnectCalendar(world.db, me(), { calendar: id, copies: 'leave' });
    },
  );

  it.skipIf(!isHere)(
    'is disconnected: our entries are taken out, theirs stay; or all stay and are found again',
    async () => {
      const outside = await make();
      const id = await connect(outside, `${engine} 4`);
      const visitAt = await freeTime(15);
      const { appointmentId } = await booked(world, visitAt);
      await outside.put('theirs.ics', theirs('theirs@example.test', await freeTime(17)));
      await syncCalendar(worker, id, tools(outside));
      const copies = (await readConnected(world.db, me(), id)).copies;
      expect(copies).toBeGreaterThan(0);

      await expectRefusal(
        disconnectCalendar(world.db, as(world.town.injector), { calendar: id, copies: 'take_out' }),
        'not_found',
      );
      await disconnectCalendar(world.db, me(), { calendar: id, copies: 'leave' });
      await syncCalendar(worker, id, tools(outside));
      expect(await shown(`${engine} 4`)).toBeUndefined();
      expect(await seen(outside, appointmentId)).toMatchObject({ start: visitAt.toString() });

      // Connected again, what stands there is taken up, and nobody is told of anything.
      const before = await letters();
      const again = await connect(outside, `${engine} 4`);
      await syncCalendar(worker, again, tools(outside));
      expect(await seen(outside, appointmentId)).toMatchObject({ start: visitAt.toString(), sequence: 0 });
      expect((await readConnected(world.db, me(), again)).copies).toBe(copies);
      expect(await letters()).toBe(before);

      // Changed a moment ago, it is taken out all the same.
      const { text } = (await seen(outside, appointmentId))!;
      await outside.put(await nameOf(outside, appointmentId), moved(text, visitAt.add({ hours: 1 })));
      await disconnectCalendar(world.db, me(), { calendar: again, copies: 'take_out' });
      expect(await shown(`${engine} 4`)).toMatchObject({ state: 'ending' });
      await syncCalendar(worker, again, tools(outside));
      expect(await shown(`${engine} 4`)).toBeUndefined();
      expect([...(await outside.entries()).keys()]).toEqual(['theirs.ics']);
    },
  );
});

describe('a connected calendar', () => {
  it('keeps its password sealed: in no page, unreadable for the web server, and for its own address alone', async () => {
    const outside = inMemory();
    const id = await connect(outside, 'Sealed');
    await expect(sql`SELECT sealed_password FROM external_calendar`.execute(world.db)).rejects.toMatchObject({
      code: '42501',
    });
    await expect(sql`SELECT username FROM external_calendar`.execute(world.db)).rejects.toMatchObject({
      code: '42501',
    });
    const row = await sql<{
      text: string;
    }>`SELECT row_to_json(c)::text AS text FROM external_calendar c WHERE id = ${id}`.execute(world.owner);
    expect(row.rows[0]!.text).not.toContain(outside.login.appPassword);
    expect(JSON.stringify(await readOtherCalendars(world.db, me()))).not.toContain(outside.login.appPassword);

    await sql`UPDATE external_calendar SET address = 'https://evil.example/' WHERE id = ${id}`.execute(
      world.owner,
    );
    await syncCalendar(worker, id, tools(outside));
    expect((await shown('Sealed'))!.lines.join(' ')).toContain('no longer opens');
    await disconnectCalendar(world.db, me(), { calendar: id, copies: 'leave' });
  });

  it('is sealed anew with a newer key, and opens without the old one from then on', async () => {
    const outside = inMemory();
    const id = await connect(outside, 'Keys');
    const newer = { name: 'b', key: Buffer.alloc(32, 2) };
    await syncCalendar(worker, id, tools(outside, [newer, ...KEYS]));
    await syncCalendar(worker, id, tools(outside, [newer]));
    expect(await shown('Keys')).toMatchObject({ state: 'fine' });
    await disconnectCalendar(world.db, me(), { calendar: id, copies: 'leave' });
  });

  it.each([
    'http://calendar.example/',
    'https://127.0.0.1/',
    'https://10.0.0.1/dav/',
    'https://me:word@calendar.example/',
  ])('is not at %s', async (address) => {
    await expectRefusal(
      connect({ ...inMemory(), login: { ...inMemory().login, address } }, 'Inside'),
      'calendar_server',
    );
  });

  it('says why it fails, is tried again later and later, gives its times back after two days, and comes back', async () => {
    const outside = inMemory();
    const theirsAt = await freeTime(18);
    await outside.put('theirs.ics', theirs('theirs@example.test', theirsAt));
    const id = await connect(outside, 'Failing');
    const sync = () => syncCalendar(worker, id, tools(outside));
    await sync();
    expect(await isOffered(theirsAt)).toBe(false);

    outside.fail('login');
    await sync();
    expect(await shown('Failing')).toMatchObject({ state: 'failing' });
    expect((await shown('Failing'))!.lines.join(' ')).toContain('app password');
    outside.fail('unreachable');
    await sync();
    const { rows } = await sql<{ minutes: number }>`
      SELECT round(extract(epoch FROM next_fetch_at - app_now()) / 60) AS minutes FROM external_calendar WHERE id = ${id}`.execute(
      world.owner,
    );
    expect(rows[0]!.minutes).toBe(10);
    await passTime(world.owner, { hours: 48 });
    await sync();
    expect(await shown('Failing')).toMatchObject({ state: 'stale' });
    outside.fail(null);
    await sync();
    expect(await shown('Failing')).toMatchObject({ state: 'fine' });

    // Being emptied, it may fail as well; whoever has enough of that leaves all as it is.
    await booked(world, await freeTime(1));
    await sync();
    outside.fail('read_only');
    await disconnectCalendar(world.db, me(), { calendar: id, copies: 'take_out' });
    await sync();
    expect(await shown('Failing')).toMatchObject({ state: 'ending' });
    expect((await shown('Failing'))!.lines.join(' ')).toContain('cannot be written into');
    await disconnectCalendar(world.db, me(), { calendar: id, copies: 'leave' });
    expect(await shown('Failing')).toBeUndefined();
  });

  it('survives a worker that ends after writing and before noting it, and somebody who is faster', async () => {
    const outside = inMemory();
    const id = await connect(outside, 'Crash');
    const sync = () => syncCalendar(worker, id, tools(outside));
    const { appointmentId, person } = await booked(world, await freeTime(10));
    await sync();
    await sql`DELETE FROM calendar_copy WHERE calendar_id = ${id}`.execute(world.owner);
    const before = await letters();
    await sync();
    expect(await seen(outside, appointmentId)).toMatchObject({ sequence: 0 });
    expect(await letters()).toBe(before);

    const name = await nameOf(outside, appointmentId);
    const { text } = (await seen(outside, appointmentId))!;
    const to = await freeTime(12);
    await moveAppointment(world.db, as(person), { appointmentId, start: to });
    outside.inBetween(() => void outside.put(name, text.replace('END:VEVENT', 'COMMENT:Mine\r\nEND:VEVENT')));
    await sync();
    // Not written over; a minute later it is.
    expect((await seen(outside, appointmentId))!.text).toContain('COMMENT:Mine');
    await sync();
    expect(await seen(outside, appointmentId)).toMatchObject({ start: to.toString() });
    await disconnectCalendar(world.db, me(), { calendar: id, copies: 'leave' });
  });

  it('is looked at when a visit of its owner changes, once for many, and only where visits are written', async () => {
    const written = await connect(inMemory(), 'Written');
    const onlyRead = await connect(inMemory(), 'Only read', false);
    const { appointmentId } = await booked(world, await freeTime(8));
    await sql`DELETE FROM graphile_worker._private_jobs`.execute(world.owner);
    await noticeVisit(worker, appointmentId);
    await noticeVisit(worker, appointmentId);
    const { rows } = await sql<{ key: string }>`
      SELECT key FROM graphile_worker.jobs WHERE task_identifier = 'sync_calendar'`.execute(world.owner);
    expect(rows).toEqual([{ key: `calendar:${written}` }]);

    const outside = inMemory();
    await syncCalendar(worker, onlyRead, tools(outside));
    expect(await outside.entries()).toEqual(new Map());
    for (const calendar of [written, onlyRead])
      await disconnectCalendar(world.db, me(), { calendar, copies: 'leave' });
  });
});
