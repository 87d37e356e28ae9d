import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { addCalendarAddress } from '#lib/server/domain/availability/external/add-calendar.ts';
import { readOtherCalendars } from '#lib/server/domain/availability/external/reads.ts';
import { askForRefresh } from '#lib/server/domain/availability/external/refresh-calendar.ts';
import { publicInternet, type FetchRules } from '#lib/server/platform/safe-fetch.ts';
import { startWorker } from '#lib/server/worker.ts';
import { passTime } from '../../../builders/act.ts';
import { afterFile } from '../../../harness/after.ts';
import { as, openWorld, slots, type World } from '../../booking/world.ts';
import { calendarOf, entry } from './calendar-text.ts';

let world: World;
let busy: Temporal.Instant | null;
let status = 200;
const asked: string[] = [];

beforeAll(async () => {
  world = await openWorld();
  const server = createServer((request, response) => {
    asked.push(request.url!);
    response.writeHead(status).end(status === 200 ? calendarNow() : 'Nobody’s business');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  // Of the guard everything holds but this one address.
  const calendars: FetchRules = {
    ...publicInternet,
    protocols: ['http:'],
    ports: [port],
    isPublic: (address) => address === '127.0.0.1',
    resolve: (host) => Promise.resolve(host === 'calendar.example' ? ['127.0.0.1'] : []),
  };
  const worker = await startWorker(
    {
      MODE: 'test',
      LOG_LEVEL: 'silent',
      DATABASE_URL: world.appUrl,
      WORKER_DATABASE_URL: world.workerUrl,
      PUBLIC_URL: 'http://localhost:3000',
    },
    { calendars },
  );
  afterFile(async () => {
    await worker.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  // What a practitioner types is https; this server speaks plain http.
  await sql`CREATE FUNCTION to_this_machine() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN NEW.address := replace(NEW.address, 'https://calendar.example', ${sql.lit(`http://calendar.example:${port}`)}); RETURN NEW; END $$`.execute(
    world.owner,
  );
  await sql`CREATE TRIGGER to_this_machine BEFORE INSERT ON external_calendar FOR EACH ROW EXECUTE FUNCTION to_this_machine()`.execute(
    world.owner,
  );
});

function calendarNow(): string {
  if (busy === null) return calendarOf();
  const start = `${busy.toString().replaceAll(/[-:]/g, '').slice(0, 15)}Z`;
  return calendarOf(entry(`DTSTART:${start}`, 'DURATION:PT60M'));
}

const me = () => as(world.town.prescriber);
const shown = async () => (await readOtherCalendars(world.db, me())).calendars[0];
const stateShown = async () => (await shown())?.state;
const isOffered = async (start: Temporal.Instant) =>
  (await slots(world)).some((slot) => slot.start.equals(start));

it('a running worker reads a new calendar at once, and again when it is due; failures are shown at the desk', async () => {
  const times = (await slots(world)).map(({ start }) => start);
  const [first, second] = [times.at(-30)!, times.at(-60)!];
  busy = first;
  const { town } = world;
  await addCalendarAddress(world.db, me(), {
    name: 'Mine',
    location: town.leeds.locationId,
    address: 'https://calendar.example/a.ics',
  });
  await expect.poll(stateShown).toBe('fine');
  expect([await isOffered(first), await isOffered(second)]).toEqual([false, true]);
  expect(asked).toEqual(['/a.ics']);

  // Half an hour later it says otherwise, and nobody asks for it.
  busy = second;
  await passTime(world.owner, { minutes: 31 });
  // The worker looks once a minute for what is due: now, for once, before the minute is over.
  const task = 'refresh_due_calendars';
  await expect
    .poll(async () => {
      const known = await sql<{ identifier: string }>`
        SELECT identifier FROM graphile_worker._private_known_crontabs WHERE identifier = ${task}`.execute(
        world.owner,
      );
      return known.rows.length;
    })
    .toBe(1);
  await sql`SELECT graphile_worker.add_job(${task})`.execute(world.owner);
  await expect.poll(() => isOffered(first)).toBe(true);
  expect(await isOffered(second)).toBe(false);

  // The server fails: the times stay for two days, and the desk reads why.
  status = 503;
  const { id } = (await shown())!;
  await askForRefresh(world.db, me(), id);
  await expect.poll(stateShown).toBe('failing');
  expect((await shown())!.lines.join(' ')).toMatch(/could not be read since .* No answer came .* kept free/);
  expect(await isOffered(second)).toBe(false);

  await passTime(world.owner, { hours: 49 });
  await askForRefresh(world.db, me(), id);
  await expect.poll(stateShown).toBe('stale');
  await expect.poll(() => isOffered(second)).toBe(true);

  status = 200;
  await askForRefresh(world.db, me(), id);
  await expect.poll(stateShown).toBe('fine');
  expect(await isOffered(second)).toBe(false);
});
