import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { CannotStart } from '#db/cannot-start.ts';
import { createApp } from '#lib/server/app.ts';
import { BrokenFile, dayInName } from '#lib/server/domain/credentials/layouts.ts';
import { loadRelease, type RegisterFile } from '#lib/server/domain/credentials/load-release.ts';
import { readReleases } from '#lib/server/domain/credentials/register-reads.ts';
import { isRegister, registers } from '#lib/server/domain/credentials/registers.ts';
import { enter } from './entry.ts';

const USAGE = `Usage:
  npm run register -- load FILE --register CODE [--as-of DATE] [--changes] [--bad-rows PERCENT] [--smaller]
      reads a file of NPPES (npidata_pfile_….csv) or of our own layout (docs/registers.md)
      --as-of     the day of which the file tells; without it the one in its name, or the day it was last changed
      --changes   the file holds only what has changed since what is loaded
      --bad-rows  how many of a hundred rows may make no sense; 1 without it
      --smaller   the register really has lost more than a tenth of its people
  npm run register -- list
      what is loaded, and since when
Registers: ${Object.keys(registers).join(', ')}. Reads the same settings as the worker.`;

const PROGRESS_MS = 2_000;
const SAMPLE_BYTES = 1024 * 1024;

await enter(async ({ onStop }) => {
  const order = commandLine();
  const app = createApp(process.env, 'worker');
  onStop(() => app.close());
  if (order === 'list') {
    for (const line of await readReleases(app.db)) console.log(line);
  } else {
    await load(app, order);
  }
  await app.close();
  process.exit(0);
});

async function load(
  { db }: ReturnType<typeof createApp>,
  { path, ...order }: Exclude<Order, 'list'>,
): Promise<void> {
  const file = await registerFile(path);
  const asOf = order.asOf ?? dayInName(file.name) ?? (await lastChanged(path));
  const startedAt = performance.now();
  let toldAt = -Infinity;
  let firstLines: number | undefined;
  try {
    const report = await loadRelease(db, file, { ...order, asOf }, ({ readLines, readBytes, entries }) => {
      firstLines ??= readLines;
      if (performance.now() - toldAt < PROGRESS_MS) return;
      toldAt = performance.now();
      const percent = ((readBytes / file.size) * 100).toFixed(1);
      console.error(
        `${percent} %: line ${readLines}, ${entries} people, ${perSecond(readLines - firstLines, startedAt)} rows/s`,
      );
    });
    for (const { line, reason } of report.firstBadRows) console.error(`line ${line}: ${reason}`);
    if (report.badRows > report.firstBadRows.length)
      console.error(`… and ${report.badRows - report.firstBadRows.length} more rows that make no sense`);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const peak = Math.round(process.resourceUsage().maxRSS / 1024);
    console.error(
      `${seconds} s, ${peak} MB at most${report.resumedAt > 0 ? `, gone on from byte ${report.resumedAt}` : ''}`,
    );
    console.log(
      `${registers[order.register].name} of ${asOf}: ${report.entries} people, ${report.leftOut} rows of others, ${report.badRows} rows that make no sense.`,
    );
  } catch (error) {
    if (error instanceof BrokenFile) throw new CannotStart(`${error.message}\nNothing was changed.`);
    throw error;
  }
}

type Order = ReturnType<typeof commandLine>;

function commandLine() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        register: { type: 'string' },
        'as-of': { type: 'string' },
        changes: { type: 'boolean', default: false },
        smaller: { type: 'boolean', default: false },
        'bad-rows': { type: 'string', default: '1' },
      },
    });
    const [command, path, ...rest] = positionals;
    if (command === 'list' && path === undefined) return 'list';
    const register = values.register ?? null;
    const badShare = Number(values['bad-rows']) / 100;
    if (
      command === 'load' &&
      path !== undefined &&
      rest.length === 0 &&
      isRegister(register) &&
      badShare >= 0 &&
      badShare <= 1
    )
      return {
        path,
        register,
        asOf: values['as-of'] && Temporal.PlainDate.from(values['as-of']).toString(),
        kind: values.changes ? ('changes' as const) : ('full' as const),
        badShare,
        maybeSmaller: values.smaller,
      };
  } catch {
    // An option that we do not know, or a day that is none.
  }
  console.error(USAGE);
  process.exit(2);
}

/** A file on disk, told from others by its size and the bytes at both its ends: to read all of it takes as long as to load it. */
async function registerFile(path: string): Promise<RegisterFile> {
  const handle = await open(path).catch(() => {
    throw new CannotStart(`There is no file ${path} that we may read.`);
  });
  try {
    const { size } = await handle.stat();
    const hash = createHash('sha256').update(`${size}\n`);
    for (const position of [0, Math.max(0, size - SAMPLE_BYTES)]) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, position);
      hash.update(buffer.subarray(0, bytesRead));
    }
    return {
      name: basename(path),
      size,
      fingerprint: hash.digest('hex'),
      open: (start) => createReadStream(path, { start }),
    };
  } finally {
    await handle.close();
  }
}

async function lastChanged(path: string): Promise<string> {
  const { mtimeMs } = await stat(path);
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(mtimeMs)).toString().slice(0, 10);
}

function perSecond(rows: number, startedAt: number): number {
  return Math.round(rows / ((performance.now() - startedAt) / 1000));
}
