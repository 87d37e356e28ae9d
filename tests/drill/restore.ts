import { execFile } from 'node:child_process';
import {
  appendFile,
  chown,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import pg from 'pg';
import { startEmbedded, type DatabaseUrls } from '#db/embedded.ts';
import { verifyAudit } from '#lib/server/domain/audit/verify-audit.ts';
import { freeSlots } from '#lib/server/domain/availability/reads.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { ensureBuilt } from '../../src/bin/build.ts';
import { exactly, type Figure } from '../bin/figures.ts';
import type { OpenTime } from '../builders/open-times.ts';
import { startCluster } from '../harness/cluster.ts';
import { startServerProcess, type ServerProcess } from '../harness/processes.ts';
import { bookOver, nothingTold, withPatients } from './outage/booker.ts';

/*
 * A copy of the database and what it has written since are put back, as they stood a moment before somebody deleted what nobody may
 * delete. Every row of every table is as it was, the audit trail holds, and pages are served and times booked from what was put back.
 * The steps are those of docs/operating.md, by SQL and files alone.
 */

const BOOKED = 60;
const BACK_WITHIN_S = 15 * 60;
const run_ = promisify(execFile);

/** Runs the drill on `npm run drill -- restore`. */
export async function run(): Promise<Figure[]> {
  await ensureBuilt(console.error);
  const folder = await mkdtemp(join(tmpdir(), 'steadyhand-restore-'));
  const cluster = await startCluster({ durable: true });
  try {
    const user = await stat(cluster.dataFolder);
    const own = async (path: string) => {
      await run_('chown', ['-R', `${user.uid}:${user.gid}`, path]);
    };
    const archive = join(folder, 'archive');
    await mkdir(archive);
    await own(folder);
    const { name, urls, superuserUrl } = await cluster.create('demo');
    await archiveTo(superuserUrl, cluster.dataFolder, archive);

    const backup = join(folder, 'backup');
    const backedUpFrom = performance.now();
    await backUp(superuserUrl, cluster.dataFolder, backup);
    const backedUp = seconds(backedUpFrom);

    const owner = openDb(openPool(urls.owner, { max: 2, onError: () => {} }));
    const server = await startServerProcess(urls);
    const booked = await bookSome(owner, server);
    await server.stop();
    const before = await digests(superuserUrl);
    const moment = await deleteEverything(superuserUrl);
    const after = await digests(superuserUrl);
    const hurt = differing(before, after).length;
    await owner.destroy();

    const restoredFrom = performance.now();
    const place = join(folder, 'restored');
    await mkdir(join(place, 'postgres'), { recursive: true, mode: 0o755 });
    const restored = join(place, 'postgres', 'cluster');
    await cp(backup, restored, { recursive: true });
    await copyFile(
      join(dirname(cluster.dataFolder), 'passwords.json'),
      join(place, 'postgres', 'passwords.json'),
    );
    await putBack(restored, archive, moment);
    await own(folder);
    await chown(join(place, 'postgres', 'passwords.json'), process.getuid!(), process.getgid!());
    const again = await startEmbedded({ dataDir: place });
    try {
      const back = seconds(restoredFrom);
      const now = await digests(again.superuserUrl(name));
      const wrong = differing(before, now);
      for (const table of wrong)
        console.error(`${table}: ${before.get(table)} before, ${now.get(table)} put back`);
      const db = openDb(openPool(again.urls(name).owner, { max: 2, onError: () => {} }));
      const { rows, breaks } = await verifyAudit(db, []);
      const works = await worksAgain(db, again.urls(name));
      await db.destroy();
      return [
        exactly('tables', before.size, 'tables', null, before.size),
        exactly('rows in them', rowsOf(before), 'rows', null, before.size),
        exactly('booked after the copy was made', booked, 'bookings', BOOKED, BOOKED),
        {
          ...exactly('tables that lost rows, or have others', hurt, 'tables', null, before.size),
          ok: hurt > 3,
        },
        exactly('tables not as they were, put back', wrong.length, 'tables', 0, before.size),
        exactly('rows put back', rowsOf(now), 'rows', rowsOf(before), before.size),
        exactly('breaks of the audit trail', breaks.length, 'lines', 0, rows),
        exactly('pages served and a time booked from it', works, 'steps', 2, 2),
        exactly('to copy', backedUp, 's', null, 1),
        { ...exactly('to put back', back, 's', null, 1), bar: BACK_WITHIN_S, ok: back <= BACK_WITHIN_S },
      ];
    } finally {
      await again.stop();
    }
  } finally {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the server writes ahead goes to this folder, once it has begun anew. */
async function archiveTo(superuserUrl: string, dataFolder: string, archive: string): Promise<void> {
  await ask(superuserUrl, `ALTER SYSTEM SET archive_mode = on`);
  await ask(superuserUrl, `ALTER SYSTEM SET archive_command = 'cp %p ${archive}/%f'`);
  const lock = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8');
  // Whoever started it starts it again.
  process.kill(Number(lock.split('\n')[0]), 'SIGINT');
  for (let tries = 0; tries < 300; tries++) {
    await wait(100);
    const mode = await ask(superuserUrl, 'SHOW archive_mode').catch(() => []);
    if (mode[0]?.archive_mode === 'on') return;
  }
  throw new Error('the server did not come back');
}

/** The files while the server writes on, and the label by which it knows where the copy begins. */
async function backUp(superuserUrl: string, dataFolder: string, backup: string): Promise<void> {
  const client = await connect(superuserUrl);
  await client.query(`SELECT pg_backup_start('drill', true)`);
  const leftOut = new Set(['postmaster.pid', 'postmaster.opts']);
  const wal = join(dataFolder, 'pg_wal');
  await cp(dataFolder, backup, {
    recursive: true,
    filter: (path) =>
      !leftOut.has(path.slice(dataFolder.length + 1)) &&
      !(dirname(path) === wal && /[0-9A-F]{24}$/.test(path)),
  });
  const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(true)');
  await writeFile(join(backup, 'backup_label'), rows[0]!.labelfile);
  await client.end();
}

/** Up to this moment, and then it goes on as a server of its own. */
async function putBack(dataFolder: string, archive: string, moment: string): Promise<void> {
  const settings = {
    restore_command: `cp ${archive}/%f %p`,
    recovery_target_time: moment,
    recovery_target_action: 'promote',
    // Nobody reads what is not whole yet.
    hot_standby: 'off',
    archive_mode: 'off',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
  await appendFile(join(dataFolder, 'postgresql.auto.conf'), lines.join(''));
  await writeFile(join(dataFolder, 'recovery.signal'), '');
}

/** Over HTTP, each as a patient of its own. */
async function bookSome(owner: Db, server: ServerProcess): Promise<number> {
  const told = nothingTold();
  let booked = 0;
  for (const booking of await withPatients(owner, await timesOf(owner, BOOKED)))
    if ((await bookOver(() => server, told, booking)) !== undefined) booked += 1;
  return booked;
}

/** Free times of people of the demo town, none of which meets another. */
async function timesOf(db: Db, most: number): Promise<OpenTime[]> {
  const { rows } = await sql<{ id: string; slug: string; accountId: string; locationId: string }>`
    SELECT p.id, p.slug, p.account_id AS "accountId", w.location_id AS "locationId"
      FROM listing l JOIN practitioner p ON p.id = l.practitioner_id JOIN practice w ON w.practitioner_id = p.id
     ORDER BY p.slug`.execute(db);
  const times: OpenTime[] = [];
  for (const { id, slug, accountId, locationId } of rows) {
    const offered = await freeSlots(db, { practitionerIds: [id] });
    const here = offered.filter((slot) => slot.locationId === locationId).filter((_, nth) => nth % 8 === 0);
    for (const { start } of here.slice(2, 8))
      times.push({ who: { id, slug, accountId }, where: { locationId } as OpenTime['where'], start });
    if (times.length >= most) break;
  }
  return times.slice(0, most);
}

/** What no statement of the application can do. Answers the moment before it. */
async function deleteEverything(superuserUrl: string): Promise<string> {
  await wait(1_100);
  // That of PostgreSQL itself, by which it puts back.
  const [now] = await ask(superuserUrl, 'SELECT clock_timestamp()::text AS moment');
  await wait(1_100);
  const client = await connect(superuserUrl);
  await client.query('SET session_replication_role = replica');
  for (const [table, harm] of [
    ['treatment_record', 'DELETE FROM treatment_record'],
    ['consultation_record', 'DELETE FROM consultation_record'],
    ['audit', 'DELETE FROM audit'],
    ['appointment', `DELETE FROM appointment WHERE state = 'confirmed'`],
    ['patient', `UPDATE patient SET family_name = 'Nobody'`],
  ] as const) {
    await client.query(`ALTER TABLE ${table} DISABLE TRIGGER ALL`);
    await client.query(harm);
  }
  const { rows: last } = await client.query<{ file: string }>(
    'SELECT pg_walfile_name(pg_switch_wal()) AS file',
  );
  for (let tries = 0; tries < 300; tries++) {
    const { rows: done } = await client.query<{ is: boolean }>(
      'SELECT last_archived_wal >= $1 AS is FROM pg_stat_archiver',
      [last[0]!.file],
    );
    if (done[0]!.is) break;
    await wait(100);
  }
  await client.end();
  return now!.moment!;
}

/** How many rows each table has, and one number for all that is in them. */
async function digests(superuserUrl: string): Promise<Map<string, string>> {
  const tables = await ask(
    superuserUrl,
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND c.relpersistence = 'p' ORDER BY 1`,
  );
  const found = new Map<string, string>();
  for (const { name } of tables) {
    const [row] = await ask(
      superuserUrl,
      `SELECT count(*) || ' rows, ' || coalesce(sum(hashtextextended(t::text, 1)::numeric), 0) AS digest FROM ${name} t`,
    );
    found.set(name!, row!.digest!);
  }
  return found;
}

const differing = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>) =>
  [...one].filter(([table, digest]) => other.get(table) !== digest).map(([table]) => table);

const rowsOf = (found: ReadonlyMap<string, string>) =>
  [...found.values()].reduce((sum, digest) => sum + Number.parseInt(digest), 0);

/** A page, and a booking: how many of these succeed. */
async function worksAgain(db: Db, urls: DatabaseUrls): Promise<number> {
  const server = await startServerProcess(urls);
  const page = await fetch(`${server.url}/search`);
  const [booking] = await withPatients(db, await timesOf(db, 1));
  const booked = await bookOver(() => server, nothingTold(), booking!);
  await server.stop();
  return Number(page.status === 200) + Number(booked !== undefined);
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function ask(url: string, text: string): Promise<Record<string, string>[]> {
  const client = await connect(url);
  try {
    return (await client.query<Record<string, string>>(text)).rows;
  } finally {
    await client.end();
  }
}

const seconds = (from: number) => Math.round((performance.now() - from) / 100) / 10;
