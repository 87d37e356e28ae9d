import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BrokenFile, dayInName } from '#lib/server/domain/credentials/layouts.ts';
import {
  loadRelease,
  type LoadOrder,
  type RegisterFile,
} from '#lib/server/domain/credentials/load-release.ts';
import { findCurrent, findEntry } from '#lib/server/domain/credentials/register-queries.ts';
import { completeNpi } from '#lib/server/domain/credentials/registers.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { afterFile } from '../../harness/after.ts';
import { createTestDatabase } from '../../harness/database.ts';
import { NPPES_COLUMNS, nppesRow } from '../../builders/nppes.ts';

let db: Db;
let owner: Db;
beforeAll(async () => {
  const { urls } = await createTestDatabase();
  db = openDb(openPool(urls.worker, { max: 3, onError: () => {} }));
  owner = openDb(openPool(urls.owner, { max: 1, onError: () => {} }));
  afterFile(() => db.destroy());
  afterFile(() => owner.destroy());
});
beforeEach(async () => {
  await sql`TRUNCATE register_entry, register_release CASCADE`.execute(owner);
});

const fileOf = (content: string | Buffer, name = 'register.csv'): RegisterFile => {
  const bytes = Buffer.from(content);
  return {
    name,
    size: bytes.length,
    fingerprint: createHash('sha256').update(bytes).digest('hex'),
    // In pieces, as a disk gives them.
    open: (start) => Readable.from(pieces(bytes.subarray(start))),
  };
};
function* pieces(bytes: Buffer, size = 64 * 1024) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const order = (about: Partial<LoadOrder> = {}): LoadOrder => ({
  register: 'gmc',
  kind: 'full',
  asOf: '2026-01-05',
  badShare: 0.01,
  maybeSmaller: false,
  ...about,
});

const HEADER = 'number,family_name,given_names,status';
const doctor = (index: number) => String(7_000_000 + index);
const doctors = (count: number, from = 0) =>
  Array.from(
    { length: count },
    (_, index) => `${doctor(from + index)},Family${from + index},Given,registered`,
  );
const csv = (rows: readonly string[], header = HEADER) => `${[header, ...rows].join('\r\n')}\r\n`;
const numbersLoaded = async (register = 'gmc') => {
  const { rows } = await sql<{ loaded: number }>`
    SELECT count(*) AS loaded FROM register_entry e JOIN register_release r ON r.id = e.release_id
     WHERE r.register = ${register} AND r.state = 'current'`.execute(db);
  return rows[0]!.loaded;
};
const entriesInAll = async () =>
  (await sql<{ kept: number }>`SELECT count(*) AS kept FROM register_entry`.execute(db)).rows[0]!.kept;

/** A load that ends as a killed process does: in the middle, keeping what it had committed. */
const killedAfter = async (file: RegisterFile, batches: number, about: LoadOrder) => {
  class Killed extends Error {}
  let seen = 0;
  const killed = loadRelease(db, file, about, () => {
    if (++seen === batches) throw new Killed();
  });
  await expect(killed).rejects.toBeInstanceOf(Killed);
};

describe('a file of our own layout', () => {
  it('is read with everything that it says', async () => {
    const header = `${HEADER},other_names,conditions,may_prescribe,registered_on,ends_on`;
    await loadRelease(
      db,
      fileOf(
        csv(
          [
            `7000001,"O’Neill, née Ó Briain",Siobhán Áine,registered,"Ó Briain, Siobhán; Brien",Must not work alone,yes,2010-08-01,2027-07-31`,
            '7000002,Ng,,suspended,,,,,',
          ],
          `\uFEFF${header}`,
        ),
      ),
      order(),
    );
    expect(await findEntry(db, 'gmc', '7000001')).toMatchObject({
      familyName: 'O’Neill, née Ó Briain',
      givenNames: 'Siobhán Áine',
      otherNames: [
        { familyName: 'Ó Briain', givenNames: 'Siobhán' },
        { familyName: 'Brien', givenNames: '' },
      ],
      status: 'registered',
      conditions: 'Must not work alone',
      mayPrescribe: true,
      registeredOn: '2010-08-01',
      endsOn: '2027-07-31',
    });
    expect(await findEntry(db, 'gmc', '7000002')).toMatchObject({ status: 'suspended', mayPrescribe: null });
    expect(await findEntry(db, 'nmc', '7000001')).toBeUndefined();
  });

  it('tells bad rows by their line, and keeps the number of who is only badly written', async () => {
    const rows = [
      ...doctors(300),
      '12345,Short,Number,registered',
      '7000300,"Two\nlines",Given,registered',
      '7000301,Odd,Status,gone fishing',
      '7000000,Family0,Given,registered',
      '7000302,Too,few',
      '7000303,B"ad,quotes,registered',
      '7000304,After,It,registered',
    ];
    const { firstBadRows, badRows, entries } = await loadRelease(
      db,
      fileOf(csv(rows)),
      order({ badShare: 0.02 }),
    );
    expect(firstBadRows).toEqual([
      { line: 302, reason: 'number “12345”: not 7 digits' },
      { line: 305, reason: 'unknown status “gone fishing”' },
      { line: 306, reason: 'number 7000000 is there twice' },
      { line: 307, reason: '3 columns where the header has 4' },
      { line: 308, reason: 'not readable as CSV' },
    ]);
    expect({ badRows, entries }).toEqual({ badRows: 5, entries: 304 });
    expect(await findEntry(db, 'gmc', '7000301')).toMatchObject({ status: 'unreadable' });
    expect(await findEntry(db, 'gmc', '7000302')).toMatchObject({ status: 'unreadable' });
    expect(await findEntry(db, 'gmc', '7000304')).toMatchObject({ familyName: 'After' });
  });

  it('tells no more than a hundred bad rows, and counts them all', async () => {
    const rows = [...doctors(300), ...Array.from({ length: 150 }, () => 'x,x,x,x')];
    const { firstBadRows, badRows } = await loadRelease(db, fileOf(csv(rows)), order({ badShare: 0.5 }));
    expect([firstBadRows.length, badRows]).toEqual([100, 150]);
  });
});

describe('a file of NPPES', () => {
  const npi = (index: number) => completeNpi(`1${String(index).padStart(8, '0')}`);
  const load = (rows: readonly string[], columns: readonly string[] = NPPES_COLUMNS) =>
    loadRelease(
      db,
      fileOf(csv(rows, columns.map((name) => `"${name}"`).join(','))),
      order({ register: 'npi' }),
    );

  it('is read by the names of its columns: people, not organisations, and what is deactivated', async () => {
    const report = await load([
      nppesRow({
        NPI: npi(1),
        'Entity Type Code': '1',
        'Provider Last Name (Legal Name)': 'GARCIA LOPEZ',
        'Provider First Name': 'MARIA',
        'Provider Middle Name': 'DEL CARMEN',
        'Provider Other Last Name': 'GARCIA',
        'Provider Other First Name': 'CARMEN',
        'Provider Enumeration Date': '05/23/2006',
      }),
      nppesRow({ NPI: npi(2), 'Entity Type Code': '2' }),
      nppesRow({ NPI: npi(3), 'NPI Deactivation Date': '02/14/2019' }),
      nppesRow({
        NPI: npi(4),
        'Entity Type Code': '1',
        'Provider Last Name (Legal Name)': 'BACK',
        'Provider First Name': 'AGAIN',
        'NPI Deactivation Date': '02/14/2019',
        'NPI Reactivation Date': '03/01/2019',
      }),
    ]);
    expect(report).toMatchObject({ entries: 3, leftOut: 1, badRows: 0 });
    expect(await findEntry(db, 'npi', npi(1))).toMatchObject({
      familyName: 'GARCIA LOPEZ',
      givenNames: 'MARIA DEL CARMEN',
      otherNames: [{ familyName: 'GARCIA', givenNames: 'CARMEN' }],
      registeredOn: '2006-05-23',
    });
    expect(await findEntry(db, 'npi', npi(2))).toBeUndefined();
    expect(await findEntry(db, 'npi', npi(3))).toMatchObject({ status: 'deactivated', endsOn: '2019-02-14' });
    expect(await findEntry(db, 'npi', npi(4))).toMatchObject({ status: 'registered' });
  });

  it('without one of its columns is none', async () => {
    const without = NPPES_COLUMNS.filter((name) => name !== 'NPI Deactivation Date');
    await expect(load([], without)).rejects.toThrow('The file lacks the columns NPI Deactivation Date.');
  });

  it('with a wrong check digit tells which', async () => {
    const row = (number: string) =>
      nppesRow({ NPI: number, 'Entity Type Code': '1', 'Provider Last Name (Legal Name)': 'X' });
    await expect(load([row('1234567890'), row('9941339100'), row(npi(9))])).rejects.toThrow(
      /line 2: number “1234567890”: a wrong check digit\nline 3: number “9941339100”: not 10 digits/,
    );
  });

  it('carries its day in its name', () => {
    expect(dayInName('npidata_pfile_20050523-20261108.csv')).toBe('2026-11-08');
    expect(dayInName('npidata_pfile_20050523-20261308.csv')).toBeNull();
    expect(dayInName('register.csv')).toBeNull();
  });
});

describe('a broken file', () => {
  const broken: [string, string | Buffer, RegExp][] = [
    ['is empty', '', /empty/],
    ['holds nobody', csv([]), /names nobody/],
    ['has other columns', 'id,name\n1,A\n', /lacks the columns number/],
    [
      'has a column that we do not know',
      csv(doctors(10), `${HEADER},home_address`),
      /do not know: home_address/,
    ],
    ['has one column twice', csv(doctors(10), `${HEADER},status`), /same name/],
    ['was cut off in a row', csv(doctors(500)).slice(0, -15), /cut off/],
    [
      'never closes a quotation mark',
      csv([...doctors(500), '7009999,"Family,Given,registered']),
      /never closed/,
    ],
    [
      'makes mostly no sense',
      csv([...doctors(50), ...Array.from({ length: 5 }, () => 'x,x,x,x')]),
      /5 of 55 rows/,
    ],
    [
      'is no text',
      Buffer.concat([Buffer.from(`${HEADER}\n`), Buffer.alloc(400_000, 0xff)]),
      /CSV|no sense|cut off/,
    ],
    ['lost a part on its way', csv(doctors(4_000)), /named 5000/],
  ];

  it.each(broken)('that %s changes nothing', async (_, content, message) => {
    await loadRelease(db, fileOf(csv(doctors(5_000))), order());
    const before = await findCurrent(db, 'gmc');
    const loading = loadRelease(db, fileOf(content), order({ asOf: '2026-01-12' }));
    await expect(loading).rejects.toBeInstanceOf(BrokenFile);
    await expect(loading).rejects.toThrow(message);
    expect(await findCurrent(db, 'gmc')).toEqual(before);
    expect(await entriesInAll()).toBe(5_000);
  });

  it('that breaks after thousands of good rows changes nothing, and leaves nothing of them', async () => {
    await loadRelease(db, fileOf(csv(doctors(10))), order());
    const torn = csv([...doctors(5_000), '7009999,"never closed,Given,registered']);
    await expect(loadRelease(db, fileOf(torn), order({ asOf: '2026-01-12' }))).rejects.toThrow(
      /never closed/,
    );
    expect(await entriesInAll()).toBe(10);
    // The same file, put right, is loaded from its beginning.
    const { resumedAt } = await loadRelease(db, fileOf(csv(doctors(5_001))), order({ asOf: '2026-01-12' }));
    expect(resumedAt).toBe(0);
    expect(await numbersLoaded()).toBe(5_001);
  });
});

describe('a load that was killed', () => {
  it('goes on where it was, and comes to the same as one that was not', async () => {
    const content = csv([
      ...doctors(4_500),
      'x,x,x,x',
      ...doctors(3_000, 4_500),
      '7000000,Twice,Given,registered',
    ]);
    await killedAfter(fileOf(content), 2, order());
    expect(await numbersLoaded()).toBe(0);
    expect(await entriesInAll()).toBe(4_000);
    const { resumedAt, ...report } = await loadRelease(db, fileOf(content), order());
    expect(resumedAt).toBeGreaterThan(100_000);
    expect(report).toMatchObject({
      entries: 7_500,
      badRows: 2,
      firstBadRows: [
        { line: 4_502, reason: 'number “x”: not 7 digits' },
        { line: 7_503, reason: 'number 7000000 is there twice' },
      ],
    });
    expect(await numbersLoaded()).toBe(7_500);
  });

  it('begins anew with another file, and leaves nothing of the first', async () => {
    await killedAfter(fileOf(csv(doctors(5_000))), 1, order());
    const { resumedAt } = await loadRelease(db, fileOf(csv(doctors(5_000, 1))), order());
    expect(resumedAt).toBe(0);
    expect([await numbersLoaded(), await entriesInAll()]).toEqual([5_000, 5_000]);
    expect(await findEntry(db, 'gmc', doctor(0))).toBeUndefined();
  });

  it('keeps a second one out while it is at work', async () => {
    const file = fileOf(csv(doctors(5_000)));
    let answer: unknown;
    // The first one's file gives nothing more until the second one has its answer.
    async function* afterTheOther(bytes: Readable) {
      answer ??= await loadRelease(db, file, order()).catch((error: unknown) => error);
      yield* bytes;
    }
    await loadRelease(
      db,
      { ...file, open: (start) => Readable.from(afterTheOther(file.open(start))) },
      order(),
    );
    expect(String(answer)).toContain('another process');
  });
});

describe('one release after another', () => {
  it('a whole one takes the place of all before it', async () => {
    await loadRelease(db, fileOf(csv(doctors(100))), order());
    await loadRelease(db, fileOf(csv(doctors(100, 5))), order({ asOf: '2026-01-12' }));
    expect(await findEntry(db, 'gmc', doctor(0))).toBeUndefined();
    expect(await findEntry(db, 'gmc', doctor(104))).toBeDefined();
    expect(await entriesInAll()).toBe(100);
  });

  it('changes are read before what they change', async () => {
    await expect(loadRelease(db, fileOf(csv(doctors(1))), order({ kind: 'changes' }))).rejects.toThrow(
      'none is loaded',
    );
    await loadRelease(db, fileOf(csv(doctors(100))), order());
    const change = csv([`${doctor(3)},Family3,Given,removed`]);
    await loadRelease(db, fileOf(change), order({ kind: 'changes', asOf: '2026-01-12' }));
    expect(await findEntry(db, 'gmc', doctor(3))).toMatchObject({ status: 'removed' });
    expect(await findEntry(db, 'gmc', doctor(4))).toMatchObject({ status: 'registered' });
    await loadRelease(db, fileOf(csv(doctors(100))), order({ asOf: '2026-01-19' }));
    expect(await findEntry(db, 'gmc', doctor(3))).toMatchObject({ status: 'registered' });
  });

  it('none is older than what is loaded, nor of a day to come', async () => {
    await loadRelease(db, fileOf(csv(doctors(10))), order());
    await expect(loadRelease(db, fileOf(csv(doctors(11))), order({ asOf: '2026-01-04' }))).rejects.toThrow(
      'newer',
    );
    await expect(loadRelease(db, fileOf(csv(doctors(11))), order({ asOf: '2999-01-01' }))).rejects.toThrow(
      'to come',
    );
  });

  it('may be much smaller when somebody says so', async () => {
    await loadRelease(db, fileOf(csv(doctors(100))), order());
    const smaller = fileOf(csv(doctors(50)));
    await expect(loadRelease(db, smaller, order())).rejects.toThrow('named 100');
    await loadRelease(db, smaller, order({ maybeSmaller: true }));
    expect(await numbersLoaded()).toBe(50);
  });
});
