import pg from 'pg';
import { chromium } from 'playwright-core';
import { rebuildIndex } from '#lib/server/domain/directory/rebuild-index.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { postgresSearch } from '#lib/server/platform/search/postgres.ts';
import { ensureBuilt } from '../../src/bin/build.ts';
import type { Figure } from '../bin/figures.ts';
import { CHROME_ARGS, findChrome } from '../harness/chrome.ts';
import { startCluster } from '../harness/cluster.ts';
import { startServerProcess } from '../harness/processes.ts';
import { setStage } from '../http/authorisation-stage.ts';
import {
  LEFT_ALONE,
  leftAlone,
  passGuards,
  plant,
  readByNobody,
  textColumns,
  type Column,
} from './markup/columns.ts';
import { crawl, type Crawled } from './markup/crawl.ts';
import { ADDRESSES, PAYLOADS } from './markup/payloads.ts';
import { NOT_ON_A_PAGE } from './markup/not-on-a-page.ts';
import { fillEmptyTables } from './markup/fill.ts';

/*
 * Seventy texts that want to be scripts stand in every column of words that the database has, and a browser opens everything as
 * everybody whom it is for: pages, letters, files, what programs read. First the policy that would stop a script is switched off
 * in that browser, so that pages alone have to show texts as texts; then it is on, and has nothing to stop. Texts that do harm
 * only as the whole of an address come after, alone.
 */

const SEED = 60;

/** Runs the drill on `npm run drill -- markup`. */
export async function run(): Promise<Figure[]> {
  await ensureBuilt(console.error);
  const cluster = await startCluster();
  const browser = await chromium.launch({
    executablePath: await findChrome(),
    args: [...CHROME_ARGS, '--disable-dev-shm-usage', '--disable-background-networking'],
  });
  try {
    const { urls, superuserUrl } = await cluster.create('demo');
    const owner = new pg.Client({ connectionString: urls.owner });
    const past = new pg.Client({ connectionString: superuserUrl });
    await Promise.all([owner.connect(), past.connect()]);
    const stage = await setStage(owner);
    await passGuards(past);
    await fillEmptyTables(past, stage);
    const about = [
      ...Object.values(stage.sides).flatMap(({ ids }) => Object.values(ids)),
      ...Object.values(stage.accounts),
    ];
    const columns = await textColumns(past);
    const open = columns.filter((one) => leftAlone(one) === null);

    // What nobody reads need not be there.
    const nobody = readByNobody();
    const filled = new Map<string, Column>();
    const refused: string[] = [];
    const empty: string[] = [];
    const failed: string[] = [];
    for (const column of open) {
      const name = nameOf(column);
      const outcome = await plant(past, column, turned(PAYLOADS), PAYLOADS, `Here is ${name}: `, about);
      if ('refused' in outcome) refused.push(`${name} (${outcome.refused})`);
      else if ('failed' in outcome) failed.push(`${name}: ${outcome.failed}`);
      else if (outcome.rows === 0) {
        if (!nobody.has(name)) empty.push(name);
      } else filled.set(name, column);
    }
    await index(urls.owner);
    const server = await startServerProcess(urls);
    const { rows: letters } = await owner.query<{ id: string }>(
      `SELECT DISTINCT ON (kind) id FROM mail_message WHERE letter IS NOT NULL ORDER BY kind, id`,
    );
    const usual = { browser, url: server.url, stage, letters: letters.map(({ id }) => id) };

    const bare = await crawl({
      ...usual,
      withoutPolicy: true,
      isWhole: true,
      typed: PAYLOADS.join(' ').slice(0, 2_500),
    });
    console.error(`${bare.pages} pages and ${bare.files} files without the policy`);
    const guarded = await crawl({ ...usual, withoutPolicy: false, isWhole: false, typed: null });
    console.error(`${guarded.pages} pages and ${guarded.files} files with it`);
    const rest: Crawled[] = [];
    // The first of them everywhere; then the others by turns, which would get past who knows the first alone.
    const [plain, ...others] = ADDRESSES as readonly [string, ...string[]];
    for (const some of [[plain], others]) {
      for (const column of filled.values()) await plant(past, column, some, some, '', about);
      rest.push(await crawl({ ...usual, withoutPolicy: true, isWhole: false, typed: null }));
    }
    // What broke on the way says why in the log.
    for (const line of server
      .output()
      .split('\n')
      .filter((one) => one.includes('unexpected error'))
      .slice(0, 20))
      console.error(line.slice(0, 1_500));
    await server.stop();
    await Promise.all([owner.end(), past.end()]);

    const all = [bare, guarded, ...rest];
    const sum = (of: (one: Crawled) => number) => all.reduce((total, one) => total + of(one), 0);
    const [pages, files] = [sum((one) => one.pages), sum((one) => one.files)];
    const text = all.map((one) => one.text).join('\n');
    const shown = new Set([...filled.keys()].filter((name) => text.includes(`Here is ${name}:`)));
    const unseen = [...filled.keys()].filter(
      (name) => !shown.has(name) && !nobody.has(name) && NOT_ON_A_PAGE[name] === undefined,
    );
    const names = new Set(open.map(nameOf));
    const stale = [
      ...Object.keys(NOT_ON_A_PAGE).filter((name) => !filled.has(name) || shown.has(name)),
      ...Object.keys(LEFT_ALONE).filter((name) => !columns.some((one) => nameOf(one) === name)),
    ].filter((name) => !names.has(name) || filled.has(name));

    tell(
      'runs',
      all.flatMap((one) => one.found),
    );
    tell(
      'broke',
      all.flatMap((one) => one.broken),
    );
    tell(
      'could be taken for a page',
      all.flatMap((one) => one.loose),
    );
    tell('could not be filled', failed);
    tell('has no row', empty);
    tell('on no page, and nobody says why', unseen);
    tell('is said to be on no page, or left alone, and is not', stale);
    console.error(`refused by a check: ${refused.join(', ')}`);
    const none = (name: string, value: number, unit: string, n: number): Figure => ({
      name,
      value,
      unit,
      bar: 0,
      ok: value === 0 && n > 0,
      seed: SEED,
      n,
    });
    const told = (name: string, value: number, n: number): Figure => ({
      name,
      value,
      unit: 'columns',
      bar: null,
      ok: true,
      seed: SEED,
      n,
    });
    const texts = PAYLOADS.length + ADDRESSES.length;
    return [
      {
        name: 'texts that want to run',
        value: texts,
        unit: 'texts',
        bar: 60,
        ok: texts >= 60,
        seed: SEED,
        n: texts,
      },
      told('columns of words, lists and JSON', columns.length, columns.length),
      told('of these, with every text in them', filled.size, columns.length),
      told(
        'keys, made of other columns, or read by code alone',
        columns.length - open.length,
        columns.length,
      ),
      told('closed to such texts by a check', refused.length, columns.length),
      none(
        'columns without a row, or that could not be filled',
        empty.length + failed.length,
        'columns',
        columns.length,
      ),
      told('columns read on a page or in a file', shown.size, filled.size),
      none('columns read nowhere, and not said why', unseen.length + stale.length, 'columns', filled.size),
      none(
        'texts that ran, or are more than text',
        sum((one) => one.found.length),
        'texts',
        pages,
      ),
      none(
        'answers that broke of them',
        sum((one) => one.broken.length),
        'answers',
        pages + files,
      ),
      none(
        'files that could run, or be taken for a page',
        sum((one) => one.loose.length),
        'files',
        files,
      ),
    ];
  } finally {
    await browser.close();
    await cluster.stop();
  }
}

const nameOf = ({ table, name }: Column) => `${table}.${name}`;

/** All of them as one text, begun by each in turn. */
const turned = (texts: readonly string[]) =>
  texts.map((_, nth) => [...texts.slice(nth), ...texts.slice(0, nth)].join(' '));

function tell(what: string, lines: readonly string[]): void {
  for (const line of lines.slice(0, 80)) console.error(`${what}: ${line}`);
}

async function index(ownerUrl: string): Promise<void> {
  const db = openDb(openPool(ownerUrl, { max: 2, onError: () => {} }));
  await rebuildIndex(db, postgresSearch(db));
  await db.destroy();
}
