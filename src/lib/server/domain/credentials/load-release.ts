import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse, type Options } from 'csv-parse';
import type { Kysely } from 'kysely';
import type { DB } from '#db/schema.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { localDate } from '../shared/dates.ts';
import { enqueue } from '../shared/record-event.ts';
import { BrokenFile, readerOf, type RowReader } from './layouts.ts';
import * as rows from './register-queries.ts';
import type { BadRow, ReleaseRow } from './register-queries.ts';
import type { RegisterEntry } from './register-entry.ts';
import type { RegisterCode } from './registers.ts';

const ROWS_AT_ONCE = 2_000;
const DELETED_AT_ONCE = 20_000;
const BAD_ROWS_TOLD = 100;
const LONGEST_ROW = 256 * 1024;
/** As csv-parse says it. */
const EVERY_ROW = -1;
/** A whole release that lost more than a tenth of the one before was cut off on its way, until somebody says otherwise. */
const SMALLEST_SHARE = 0.9;

/** A file that can be opened again at any byte. */
export interface RegisterFile {
  readonly name: string;
  readonly size: number;
  /** Tells it from every other file: 64 hexadecimal digits. */
  readonly fingerprint: string;
  open(start: number): Readable;
}

export interface LoadOrder {
  readonly register: RegisterCode;
  readonly kind: 'full' | 'changes';
  /** The day of which the file tells. */
  readonly asOf: string;
  /** The share of rows that may make no sense, 0 to 1. */
  readonly badShare: number;
  /** A whole release may be much smaller than the one before. */
  readonly maybeSmaller: boolean;
}

export interface LoadReport {
  readonly releaseId: string;
  /** The byte from which a load that was killed went on; 0 for a new one. */
  readonly resumedAt: number;
  readonly entries: number;
  readonly leftOut: number;
  readonly badRows: number;
  readonly firstBadRows: readonly BadRow[];
}

type Connection = Kysely<DB>;

/**
 * Reads a register's file, row by row, beside what is current, and makes it current in one transaction at the end. A file
 * that turns out to be broken is a `BrokenFile` and changes nothing; a load that was killed goes on where it was when the
 * same file is loaded again. `onProgress` hears after every few thousand rows.
 */
export async function loadRelease(
  db: Db,
  file: RegisterFile,
  order: LoadOrder,
  onProgress: (release: ReleaseRow) => void = () => {},
): Promise<LoadReport> {
  return db.connection().execute(async (connection) => {
    if (!(await rows.lockRegister(connection, order.register)))
      throw new BrokenFile('This register is being loaded by another process.');
    try {
      await rows.takeTimeFor(connection);
      return await load(connection, file, order, onProgress);
    } finally {
      await rows.unlockRegister(connection, order.register);
    }
  });
}

async function load(
  connection: Connection,
  file: RegisterFile,
  order: LoadOrder,
  onProgress: (release: ReleaseRow) => void,
): Promise<LoadReport> {
  await refuseUntimely(connection, order);
  const reader = readerOf(order.register, await readHeader(file));
  const release = await startOrGoOn(connection, file, order);
  const resumedAt = release.readBytes;
  try {
    await readRows(connection, file, reader, release, onProgress);
    await refuseImplausible(connection, release, order);
  } catch (error) {
    if (error instanceof BrokenFile) {
      await rows.abandonRelease(connection, release.id);
      await deleteUnread(connection, order.register);
    }
    throw error;
  }
  await connection.transaction().execute(async (trx) => {
    await rows.publishRelease(trx, release);
    await enqueue(trx, 'recheck_credentials', {}, { key: 'recheck_credentials' });
  });
  await deleteUnread(connection, order.register);
  const { id, entries, leftOut, badRows, firstBadRows } = release;
  return { releaseId: id, resumedAt, entries, leftOut, badRows, firstBadRows };
}

async function refuseUntimely(connection: Connection, { register, kind, asOf }: LoadOrder): Promise<void> {
  if (asOf > localDate(await appNow(connection), 'UTC')) throw new BrokenFile(`${asOf} is still to come.`);
  const [newest] = await rows.findCurrent(connection, register);
  if (newest !== undefined && asOf < newest.asOf)
    throw new BrokenFile(`What is loaded is of ${newest.asOf}, newer than ${asOf}.`);
  if (kind === 'changes' && newest === undefined)
    throw new BrokenFile('Changes follow a whole release, and none is loaded.');
}

/** Goes on with what was begun of this very file; anything else that was begun is given up. */
async function startOrGoOn(
  connection: Connection,
  file: RegisterFile,
  order: LoadOrder,
): Promise<ReleaseRow> {
  const { register, kind, asOf } = order;
  const begun = await rows.findLoading(connection, register);
  if (begun !== undefined) {
    if (begun.fingerprint === file.fingerprint && begun.kind === kind && begun.asOf === asOf) return begun;
    await rows.abandonRelease(connection, begun.id);
  }
  // Also what an earlier load left behind when it was killed while tidying up.
  await deleteUnread(connection, register);
  return rows.insertRelease(connection, {
    register,
    kind,
    asOf,
    fileName: file.name,
    fingerprint: file.fingerprint,
  });
}

const csv = {
  info: true,
  bom: true,
  record_delimiter: ['\r\n', '\n'],
  relax_column_count: true,
  skip_empty_lines: true,
  max_record_size: LONGEST_ROW,
} satisfies Options;

type Parsed = { record: string[]; info: { bytes: number; lines: number } };

async function readHeader(file: RegisterFile): Promise<string[]> {
  try {
    for await (const { record } of rowsOf(file, 0, { to: 1 })) return record;
  } catch (error) {
    throw brokenBy(error, 1);
  }
  throw new BrokenFile('The file is empty.');
}

/** The rows from a byte on, as they come; a row that is no CSV goes to `onSkip`. */
async function* rowsOf(
  file: RegisterFile,
  start: number,
  { to, onSkip }: { to?: number; onSkip?: (error: CsvError & { lines?: number }) => void } = {},
): AsyncGenerator<Parsed> {
  const parser = parse({ ...csv, skip_records_with_error: onSkip !== undefined, to: to ?? EVERY_ROW });
  if (onSkip) parser.on('skip', onSkip);
  const source = file.open(start);
  const ended = pipeline(source, parser);
  // What goes wrong in reading is thrown by the loop.
  ended.catch(() => {});
  try {
    for await (const row of parser) yield row as Parsed;
  } finally {
    source.destroy();
  }
}

/** Rows in the hand, not yet kept. */
type Batch = { entries: RegisterEntry[]; lines: number[]; numbers: Set<string> };

async function readRows(
  connection: Connection,
  file: RegisterFile,
  reader: RowReader,
  release: ReleaseRow,
  onProgress: (release: ReleaseRow) => void,
): Promise<void> {
  const start = release.readBytes;
  const linesBefore = release.readLines;
  let headerToCome = start === 0;
  let batch: Batch = { entries: [], lines: [], numbers: new Set() };
  let sinceKept = 0;
  let lastIsWhole = true;
  let torn = null as number | null;
  // The parser is ahead of us: told when we come to their lines, so that what is kept tells of what is behind.
  const skipped: number[] = [];

  const tellBad = (line: number, reason: string) => {
    release.badRows++;
    if (release.firstBadRows.length < BAD_ROWS_TOLD) release.firstBadRows.push({ line, reason });
  };
  const tellSkipped = (until: number) => {
    while (skipped.length > 0 && skipped[0]! <= until) tellBad(skipped.shift()!, 'not readable as CSV');
  };
  const take = (entry: RegisterEntry, line: number) => {
    if (batch.numbers.has(entry.number)) {
      tellBad(line, `number ${entry.number} is there twice`);
      return;
    }
    batch.numbers.add(entry.number);
    batch.entries.push(entry);
    batch.lines.push(line);
  };
  const keep = async () => {
    const { entries, lines } = batch;
    await connection.transaction().execute(async (trx) => {
      if (entries.length > 0) {
        const added = await rows.insertEntries(trx, release.id, entries);
        release.entries += added.size;
        for (const [position, { number }] of entries.entries())
          if (!added.has(number)) tellBad(lines[position]!, `number ${number} is there twice`);
      }
      await rows.setProgress(trx, release);
    });
    batch = { entries: [], lines: [], numbers: new Set() };
    sinceKept = 0;
    onProgress(release);
  };

  const onSkip = ({ code, lines = 0 }: CsvError & { lines?: number }) => {
    if (code === 'CSV_QUOTE_NOT_CLOSED') torn = linesBefore + lines;
    else skipped.push(linesBefore + lines);
  };
  try {
    for await (const { record, info } of rowsOf(file, start, { onSkip })) {
      const line = linesBefore + info.lines;
      tellSkipped(line);
      release.readBytes = start + info.bytes;
      release.readLines = line;
      if (headerToCome) {
        headerToCome = false;
        continue;
      }
      const row = reader.read(record);
      lastIsWhole = record.length >= reader.columns;
      if (row.kind === 'left_out') release.leftOut++;
      else if (row.kind === 'bad') tellBad(line, row.reason);
      if (row.kind !== 'left_out' && row.entry !== null) take(row.entry, line);
      if (++sinceKept === ROWS_AT_ONCE) await keep();
    }
  } catch (error) {
    throw brokenBy(error, release.readLines + 1);
  }
  tellSkipped(Infinity);
  if (torn !== null)
    throw new BrokenFile(`The file is torn: a quotation mark before line ${torn} is never closed.`);
  if (!lastIsWhole) throw new BrokenFile('The file ends in the middle of a row: it was cut off.');
  await keep();
}

/** What makes a file that can be read unfit to replace what is current. */
async function refuseImplausible(
  connection: Connection,
  release: ReleaseRow,
  { kind, badShare, maybeSmaller }: LoadOrder,
): Promise<void> {
  const { entries, leftOut, badRows, firstBadRows, register } = release;
  const all = entries + leftOut + badRows;
  if (badRows > badShare * all) {
    const first = firstBadRows.slice(0, 5).map(({ line, reason }) => `line ${line}: ${reason}`);
    throw new BrokenFile(`${badRows} of ${all} rows make no sense:\n${first.join('\n')}`);
  }
  if (kind === 'changes') return;
  if (entries === 0) throw new BrokenFile('The file names nobody.');
  const before = (await rows.findCurrent(connection, register)).find((one) => one.kind === 'full');
  if (before !== undefined && !maybeSmaller && entries < SMALLEST_SHARE * before.entries)
    throw new BrokenFile(
      `The file names ${entries} people where the one of ${before.asOf} named ${before.entries}: it may have been cut off.`,
    );
}

async function deleteUnread(connection: Connection, register: string): Promise<void> {
  while ((await rows.deleteUnread(connection, register, DELETED_AT_ONCE)) > 0);
}

/** What the parser says of a file that is no CSV; anything else is no fault of the file. */
function brokenBy(error: unknown, line: number): unknown {
  return error instanceof CsvError
    ? new BrokenFile(`The file is not readable as CSV near line ${line}: ${error.message}`)
    : error;
}
