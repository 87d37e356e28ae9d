import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  addCalendarAddress,
  addCalendarFile,
} from '#lib/server/domain/availability/external/add-calendar.ts';
import { readOtherCalendars } from '#lib/server/domain/availability/external/reads.ts';
import {
  askForRefresh,
  refreshCalendar,
  refreshDueCalendars,
} from '#lib/server/domain/availability/external/refresh-calendar.ts';
import { removeCalendar } from '#lib/server/domain/availability/external/remove-calendar.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { publicInternet, type FetchRules } from '#lib/server/platform/safe-fetch.ts';
import { later, passTime } from '../../../builders/act.ts';
import { patient } from '../../../builders/people.ts';
import { afterFile } from '../../../harness/after.ts';
import { as, expectRefusal, hold, openWorld, slots, type World } from '../../booking/world.ts';
import { calendarOf, entry } from './calendar-text.ts';

let world: World;
let worker: Db;
beforeAll(async () => {
  world = await openWorld();
  worker = openDb(openPool(world.workerUrl, { max: 2, onError: () => {} }));
  afterFile(() => worker.destroy());
});

const compact = (at: Temporal.Instant) => `${at.toString().replaceAll(/[-:]/g, '').slice(0, 15)}Z`;
const taking = (from: Temporal.Instant, minutes = 60) =>
  calendarOf(entry(`DTSTART:${compact(from)}`, `DURATION:PT${minutes}M`, 'DESCRIPTION:A secret'));
const me = () => as(world.town.prescriber);
const mine = (name = 'Mine') => ({ name, location: world.town.leeds.locationId });
const mineShown = async (name = 'Mine') =>
  (await readOtherCalendars(world.db, me())).calendars.find((calendar) => calendar.name === name)!;
const starts = async () => (await slots(world)).map(({ start }) => start.toString());

describe('a file', () => {
  it('takes its times out of what is offered, and a new one of that name puts them back', async () => {
    const wanted = (await slots(world))[20]!.start;
    await addCalendarFile(world.db, me(), { ...mine(), text: taking(wanted) });
    expect(await starts()).not.toContain(wanted.toString());
    // Nobody books what lies in it either, and nothing else is gone.
    await expectRefusal(hold(world, wanted), 'slot_taken');
    await addCalendarFile(world.db, me(), { ...mine(), text: calendarOf() });
    expect(await starts()).toContain(wanted.toString());
  });

  it('leaves no trace of what it says beside its times', async () => {
    await addCalendarFile(world.db, me(), { ...mine(), text: taking(await later(world.owner, { days: 3 })) });
    const { rows } = await sql<{ text: string }>`
      SELECT row_to_json(c)::text || row_to_json(b)::text AS text
        FROM external_calendar c JOIN external_busy b ON b.calendar_id = c.id`.execute(world.owner);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ text }) => text).join()).not.toMatch(/secret|business|one@example/);
  });

  it('moves nothing: an appointment in its times is shown at the desk', async () => {
    const { start } = (await slots(world))[30]!;
    const somebody = await patient(world.owner);
    const kept = await hold(world, start, { actor: as(somebody) });
    await sql`UPDATE appointment SET state = 'confirmed', patient_id = ${somebody.id}, patient_date_of_birth = ${somebody.dateOfBirth},
      episode_id = ${await episodeOf(somebody.id)} WHERE id = ${kept.id}`.execute(world.owner);
    await addCalendarFile(world.db, me(), { ...mine('Late'), text: taking(start, 10) });
    const { conflicts } = await readOtherCalendars(world.db, me());
    expect(conflicts).toMatchObject([{ appointmentId: kept.id, calendarName: 'Late' }]);
    expect((await readOtherCalendars(world.db, as(world.town.injector))).conflicts).toEqual([]);
  });

  it('that is no calendar is refused beside its field, and nothing is kept', async () => {
    await expectRefusal(
      addCalendarFile(world.db, me(), { ...mine('Bad'), text: 'hello' }),
      'calendar_unreadable',
    );
    expect(await mineShown('Bad')).toBeUndefined();
  });

  it('of somebody else, at a place of somebody else, does not exist', async () => {
    const stranger = as(await patient(world.owner));
    await expectRefusal(addCalendarFile(world.db, stranger, { ...mine(), text: calendarOf() }), 'not_found');
    const { id } = await mineShown();
    await expectRefusal(removeCalendar(world.db, as(world.town.injector), id), 'not_found');
    await expectRefusal(askForRefresh(world.db, as(world.town.injector), id), 'not_found');
    // A file has no address to be read at.
    await expectRefusal(askForRefresh(world.db, me(), id), 'not_found');
  });
});

describe('an address', () => {
  it.each(['http://calendar.example/a.ics', 'https://127.0.0.1/a.ics', 'https://me:word@calendar.example/'])(
    '%s is refused',
    async (address) => {
      await expectRefusal(
        addCalendarAddress(world.db, me(), { ...mine('Away'), address }),
        'calendar_address',
      );
    },
  );

  it('is written and never read by the web server', async () => {
    await addCalendarAddress(world.db, me(), {
      ...mine('Away'),
      address: 'https://calendar.example/secret.ics',
    });
    await expect(sql`SELECT address FROM external_calendar`.execute(world.db)).rejects.toMatchObject({
      code: '42501',
    });
    expect(await mineShown('Away')).toMatchObject({ state: 'waiting', host: 'calendar.example' });
    expect(JSON.stringify(await readOtherCalendars(world.db, me()))).not.toContain('secret.ics');
    await expectRefusal(
      addCalendarAddress(world.db, me(), { ...mine('Away'), address: 'https://calendar.example/2.ics' }),
      'calendar_name_taken',
    );
    await expectRefusal(
      addCalendarFile(world.db, me(), { ...mine('Away'), text: calendarOf() }),
      'calendar_name_taken',
    );
  });

  it('is read, told when nothing changed, kept for two days of failures, given back, and read again', async () => {
    const wanted = (await slots(world)).at(-20)!.start;
    const asked: (string | undefined)[] = [];
    let answer: 'calendar' | 'failure' = 'calendar';
    const server = createServer(({ headers }, response) => {
      asked.push(headers['if-none-match']);
      if (answer === 'failure') response.writeHead(404).end();
      else if (headers['if-none-match'] === '"1"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"1"' }).end(taking(wanted));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    afterFile(() => new Promise((resolve) => server.close(resolve)));
    const { port } = server.address() as AddressInfo;
    const rules: FetchRules = {
      ...publicInternet,
      protocols: ['http:'],
      ports: [port],
      isPublic: (address) => address === '127.0.0.1',
    };
    const { id } = await mineShown('Away');
    await sql`UPDATE external_calendar SET address = ${`http://127.0.0.1:${port}/a.ics`} WHERE id = ${id}`.execute(
      world.owner,
    );
    const read = () => refreshCalendar(worker, id, rules);

    await read();
    expect(await mineShown('Away')).toMatchObject({ state: 'fine' });
    expect(await starts()).not.toContain(wanted.toString());
    await read();
    expect(asked).toEqual([undefined, '"1"']);
    expect(await starts()).not.toContain(wanted.toString());

    answer = 'failure';
    await read();
    const failing = await mineShown('Away');
    expect(failing.state).toBe('failing');
    expect(failing.lines.join(' ')).toMatch(
      /^Last read .* could not be read since .* gone.* kept free until/,
    );
    expect(await starts()).not.toContain(wanted.toString());

    await passTime(world.owner, { hours: 47 });
    await read();
    expect(await starts()).not.toContain(wanted.toString());
    await passTime(world.owner, { hours: 1 });
    await read();
    expect(await mineShown('Away')).toMatchObject({ state: 'stale' });
    expect(await starts()).toContain(wanted.toString());

    answer = 'calendar';
    await read();
    expect(asked.at(-1)).toBeUndefined();
    expect(await mineShown('Away')).toMatchObject({ state: 'fine' });
    expect(await starts()).not.toContain(wanted.toString());

    await passTime(world.owner, { hours: 7 * 24 });
    await read();
    expect(asked.at(-1), 'a series without end reaches farther by now').toBeUndefined();

    await removeCalendar(world.db, me(), id);
    expect(await starts()).toContain(wanted.toString());
    await read();
  });

  it('waits longer after each failure, and becomes due once', async () => {
    await addCalendarAddress(world.db, me(), { ...mine('Gone'), address: 'https://gone.invalid/a.ics' });
    const { id } = await mineShown('Gone');
    const nobody: FetchRules = { ...publicInternet, resolve: () => Promise.reject(new Error('ENOTFOUND')) };
    const waits: number[] = [];
    for (let failures = 0; failures < 6; failures++) {
      await refreshCalendar(worker, id, nobody);
      const { rows } = await sql<{ minutes: number }>`
        SELECT round(extract(epoch FROM next_fetch_at - app_now()) / 60) AS minutes FROM external_calendar WHERE id = ${id}`.execute(
        world.owner,
      );
      waits.push(rows[0]!.minutes);
    }
    expect(waits).toEqual([30, 60, 120, 240, 360, 360]);

    const jobs = async () =>
      (
        await sql<{ count: number }>`
          SELECT count(*) FROM graphile_worker.jobs WHERE task_identifier = 'refresh_calendar' AND key = ${`calendar:${id}`}`.execute(
          world.owner,
        )
      ).rows[0]!.count;
    await sql`DELETE FROM graphile_worker._private_jobs`.execute(world.owner);
    await refreshDueCalendars(worker);
    expect(await jobs()).toBe(0);
    await passTime(world.owner, { hours: 6 });
    await refreshDueCalendars(worker);
    expect(await jobs()).toBe(1);
    await sql`DELETE FROM graphile_worker._private_jobs`.execute(world.owner);
    await refreshDueCalendars(worker);
    expect(await jobs()).toBe(0);
    await askForRefresh(world.db, me(), id);
    expect(await jobs()).toBe(1);
  });

  it('is one of ten at most', async () => {
    const { calendars } = await readOtherCalendars(world.db, me());
    const add = (name: string) => addCalendarFile(world.db, me(), { ...mine(name), text: calendarOf() });
    for (let number = calendars.length; number < 10; number++) await add(`Number ${number}`);
    await expectRefusal(add('One more'), 'too_many_calendars');
    await add('Number 9');
  });
});

async function episodeOf(patientId: string): Promise<string> {
  const { id } = await world.owner
    .insertInto('care_episode')
    .values({ patient_id: patientId, clinic_id: world.town.leeds.clinicId })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}
