import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileRegister } from '#lib/server/domain/credentials/file-register.ts';
import { completeNpi } from '#lib/server/domain/credentials/registers.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import type { DatabaseUrls } from '#db/embedded.ts';
import { projectFolder } from '../../src/bin/build.ts';
import type { Figure } from '../bin/figures.ts';
import { NPPES_COLUMNS, nppesRow } from '../builders/nppes.ts';
import { startCluster } from '../harness/cluster.ts';

/*
 * A file as large as a register: a million people in the layout of NPPES, among them organisations, deactivated numbers and
 * rows that make no sense. `npm run register` loads it and is killed on the way; the same command goes on. Every row must
 * be accounted for, and the memory must not grow with the file.
 */

const ROWS = Number(process.argv[3] ?? 1_000_000);
const SEED = 1;
const SAMPLE = 1_000;
const MOST_MEGABYTES = 300;

/** Every hundredth row is an organisation, every 500th is deactivated, every 5,000th makes no sense. */
const kindOf = (row: number) =>
  row % 5_000 === 4_999
    ? 'bad'
    : row % 500 === 499
      ? 'deactivated'
      : row % 100 === 99
        ? 'organisation'
        : 'person';
const numberOf = (row: number) => completeNpi(`1${String(row).padStart(8, '0')}`);
const familyNameOf = (row: number) => `FAMILY${(row * 7_919) % 100_003}`;

function rowOf(row: number): string {
  const NPI = numberOf(row);
  switch (kindOf(row)) {
    case 'bad':
      return nppesRow({ NPI: '1234567890', 'Entity Type Code': '1' });
    case 'deactivated':
      return nppesRow({ NPI, 'NPI Deactivation Date': '02/14/2019' });
    case 'organisation':
      return nppesRow({
        NPI,
        'Entity Type Code': '2',
        'Provider Organization Name (Legal Business Name)': 'CLINIC, INC.',
      });
    case 'person':
      return nppesRow({
        NPI,
        'Entity Type Code': '1',
        'Provider Last Name (Legal Name)': familyNameOf(row),
        'Provider First Name': 'GIVEN',
        'Provider Middle Name': 'Q',
        'Provider Credential Text': 'M.D.',
        'Provider First Line Business Mailing Address': '1 MAIN ST, SUITE 5',
        'Provider Business Mailing Address City Name': 'EL PASO',
        'Provider Business Mailing Address State Name': 'TX',
        'Provider Enumeration Date': '05/23/2006',
        'Last Update Date': '07/08/2020',
        'Healthcare Provider Taxonomy Code_1': '207N00000X',
        'Provider License Number_1': `Q${row % 10_000}`,
        'Provider License Number State Code_1': 'TX',
      });
  }
}

/** Runs the drill on `npm run drill -- register [rows]`. */
export async function run(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'steadyhand-register-'));
  const cluster = await startCluster({ durable: true });
  try {
    const { urls } = await cluster.create();
    const db = openDb(openPool(urls.worker, { max: 1, onError: () => {} }));
    const path = join(folder, 'npidata_pfile_20050523-20251109.csv');
    await pipeline(lines, createWriteStream(path));

    const killed = await load(urls, path, 40);
    const before = await db.selectFrom('register_release').select(['state', 'read_lines']).execute();
    const resumed = await load(urls, path);
    console.error(resumed.output);
    const {
      rows: [release],
    } = await db.executeQuery<{ entries: number; left_out: number; bad_rows: number }>(
      db
        .selectFrom('register_release')
        .where('state', '=', 'current')
        .select(['entries', 'left_out', 'bad_rows'])
        .compile(),
    );
    const kinds = Array.from({ length: ROWS }, (_, row) => kindOf(row));
    const count = (...wanted: string[]) => kinds.filter((kind) => wanted.includes(kind)).length;

    let matched = 0;
    const startedAt = performance.now();
    for (let one = 0; one < SAMPLE; one++) {
      const row = Math.floor((one * ROWS) / SAMPLE);
      const entry = (await fileRegister(db).read('npi', numberOf(row)))?.entry;
      const wanted = { person: familyNameOf(row), deactivated: '', organisation: undefined, bad: undefined }[
        kindOf(row)
      ];
      if (entry?.familyName === wanted) matched++;
    }
    const perMatch = (performance.now() - startedAt) / SAMPLE;

    await db.destroy();

    const figure = (name: string, value: number, unit: string, bar: number | null, ok: boolean): Figure => ({
      name,
      value,
      unit,
      bar,
      ok,
      seed: SEED,
      n: ROWS,
    });
    const exactly = (name: string, value: number, bar: number) =>
      figure(name, value, 'rows', bar, value === bar);
    const rowsLeft = ROWS - before[0]!.read_lines;
    return [
      figure(
        'killed with nothing published',
        before.length,
        'release',
        1,
        before.every(({ state }) => state === 'loading') && killed.code === null,
      ),
      figure(
        'went on from',
        Math.round(resumed.resumedAt / 1e6),
        'MB of the file',
        1,
        resumed.resumedAt > 1e6,
      ),
      exactly('people', release!.entries, count('person', 'deactivated')),
      exactly('organisations left out', release!.left_out, count('organisation')),
      exactly('bad rows told', release!.bad_rows, count('bad')),
      { ...exactly('sample matched', matched, SAMPLE), n: SAMPLE },
      { ...figure('one look-up', Number(perMatch.toFixed(2)), 'ms', null, true), n: SAMPLE },
      figure('loaded', Math.round(rowsLeft / resumed.seconds), 'rows/s', null, resumed.code === 0),
      figure(
        'memory at most',
        resumed.megabytes,
        'MB',
        MOST_MEGABYTES,
        resumed.megabytes > 0 && resumed.megabytes < MOST_MEGABYTES,
      ),
    ];
  } finally {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function* lines() {
  yield `${NPPES_COLUMNS.map((name) => `"${name}"`).join(',')}\n`;
  for (let row = 0; row < ROWS; row += 100)
    yield Array.from({ length: Math.min(100, ROWS - row) }, (_, index) => `${rowOf(row + index)}\n`).join('');
}

/** `npm run register -- load`, as a process of its own; killed without warning once it says that it is so far. */
async function load(urls: DatabaseUrls, path: string, killAtPercent?: number) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['src/bin/register.ts', 'load', path, '--register', 'npi'], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      MODE: 'test',
      LOG_LEVEL: 'warn',
      DATABASE_URL: urls.app,
      WORKER_DATABASE_URL: urls.worker,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const percent = Number(output.match(/^[\d.]+(?= %)/gm)?.at(-1) ?? 0);
      if (killAtPercent !== undefined && percent >= killAtPercent) child.kill('SIGKILL');
    });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    code,
    output,
    seconds: (performance.now() - startedAt) / 1000,
    megabytes: Number(/(\d+) MB at most/.exec(output)?.[1] ?? 0),
    resumedAt: Number(/gone on from byte (\d+)/.exec(output)?.[1] ?? 0),
  };
}
