import pg from 'pg';
import { askToBeForgotten } from '#lib/server/domain/privacy/ask-to-be-forgotten.ts';
import { dataMap } from '#lib/server/domain/privacy/data-map.ts';
import { keepNoLonger } from '#lib/server/domain/privacy/keep-no-longer.ts';
import { takeCopy } from '#lib/server/domain/privacy/take-copy.ts';
import { findViewer } from '#lib/server/domain/accounts/sessions.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { ensureBuilt } from '../../src/bin/build.ts';
import type { Figure } from '../bin/figures.ts';
import { startCluster } from '../harness/cluster.ts';
import { startServerProcess } from '../harness/processes.ts';
import { crawl, type Seen } from './canary/crawl.ts';
import { mark, type Marker } from './canary/mark.ts';
import { setStage, type Stage, type Viewer } from './canary/stage.ts';

/*
 * A text that is nowhere else goes into every personal and clinical text column, about two patients and their practitioner.
 * Then everybody looks everywhere: pages and the data behind them, papers, files and calendars. Whatever turns up must be declared
 * in the data map. One of the two takes a copy, which has all of theirs and nothing of the other's, and is forgotten; then nothing
 * of theirs is left outside what is locked away.
 */

const publicUrl = new URL('https://steadyhand.example');

/** Runs the drill on `npm run drill -- canary`. */
export async function run(): Promise<Figure[]> {
  await ensureBuilt(console.error);
  const cluster = await startCluster();
  try {
    const { urls, superuserUrl } = await cluster.create('demo');
    const client = new pg.Client({ connectionString: superuserUrl });
    // When something fails the server goes first; what failed is what has to be told.
    client.on('error', () => {});
    await client.connect();
    const stage = await setStage(client);
    const subject = (
      about: Marker['about'],
      accountId: string,
      patientId: string | null,
      practitionerId: string | null,
    ) => mark(client, { about, accountId, patientId, practitionerId });
    const marked = [
      await subject('mine', stage.accountId, stage.patientId, null),
      await subject('other', stage.otherAccountId, stage.otherPatientId, null),
      await subject('practitioner', stage.accounts.practitioner, null, stage.practitionerId),
    ];
    const markers = marked.flatMap((one) => one.markers);
    const bare = [...new Set(marked.flatMap((one) => one.bare))];
    const isMarked = new Set(markers.map(({ table, column }) => `${table}.${column}`));
    const empty = [...new Set(marked.flatMap((one) => one.empty))].filter((name) => !isMarked.has(name));
    console.error(`no row of: ${empty.join(', ')}`);
    console.error(`marked ${markers.length} columns; ${bare.length} could not be: ${bare.join(', ')}`);

    const server = await startServerProcess(urls, { entry: 'start', env: { LOG_LEVEL: 'debug' } });
    const ids = await idsOf(client, stage.patientId);
    const seen = await crawl(server.url, stage, ids);
    const leaks = undeclared(seen, markers);
    for (const line of summary(leaks)) console.error(line);
    const found = new Set(markers.filter(({ text }) => seen.some((one) => one.text.includes(text))));
    const feeds = await Promise.all(
      stage.feeds.map(async (secret) => (await fetch(`${server.url}/calendars/${secret}.ics`)).text()),
    );
    const inFeeds = markers.filter(
      ({ table, column, text }) =>
        feeds.some((feed) => feed.includes(text)) && dataMap[table]?.clinical?.split(' ').includes(column),
    );
    const inLetters = await misdirected(client, markers);

    const db = openDb(openPool(urls.app, { max: 2, onError: () => {} }));
    const worker = openDb(openPool(urls.worker, { max: 2, onError: () => {} }));
    const viewer = (await findViewer(db, stage.tokens.self!))!;
    const copy = JSON.stringify(await takeCopy(db, viewer, publicUrl));
    const missing = markers.filter(({ about, text }) => about === 'mine' && !copy.includes(text));
    const foreign = markers.filter(({ about, text }) => about === 'other' && copy.includes(text));
    for (const { table, column } of missing) console.error(`not in the copy: ${table}.${column}`);

    // Nobody waits for them any more, and no complaint is open.
    await client.query(
      `SET session_replication_role = replica;
       UPDATE complaint_step SET state = 'closed' WHERE complaint_id IN (SELECT id FROM complaint WHERE made_by = '${stage.accountId}');
       UPDATE appointment SET state = 'cancelled', cancelled_by = 'patient', block_id = NULL, block_span = NULL WHERE patient_id = '${stage.patientId}' AND needed_birth IS NOT NULL;
       SET session_replication_role = origin`,
    );
    await askToBeForgotten(db, viewer, publicUrl);
    await client.query(`UPDATE clock SET ahead_by = ahead_by + interval '169 hours'`);
    const { forgotten } = await keepNoLonger(worker);
    const left = await remains(
      client,
      markers.filter(({ about }) => about === 'mine'),
    );
    for (const line of left) console.error(`left behind: ${line}`);
    await renewSessions(client, stage);
    const again = await crawl(server.url, stage, ids);
    const shownAgain = undeclaredAll(
      again,
      markers.filter(({ about }) => about === 'mine'),
    );
    for (const line of summary(shownAgain)) console.error(`after forgetting, ${line}`);
    const inLogs = markers.filter(({ text }) => server.output().includes(text));
    for (const { table, column } of inLogs) console.error(`in the log: ${table}.${column}`);
    await server.stop();
    await db.destroy();
    await worker.destroy();
    await client.end();

    const figure = (name: string, value: number, unit: string, bar: number | null, n: number): Figure => ({
      name,
      value,
      unit,
      bar,
      ok: bar === null || value <= bar,
      seed: 0,
      n,
    });
    const columns = isMarked.size;
    return [
      { ...figure('columns with a marker', columns, 'columns', 80, markers.length), ok: columns >= 80 },
      figure('columns that could hold none', bare.length, 'columns', null, bare.length + columns),
      figure('columns without a row', empty.length, 'columns', null, empty.length + columns),
      figure('answers read', seen.length, 'answers', null, seen.length),
      figure(
        'pages that opened among them',
        seen.filter(({ status }) => status === 200).length,
        'answers',
        null,
        seen.length,
      ),
      figure('markers that somebody could read at all', found.size, 'markers', null, markers.length),
      figure(
        'answers that were errors of ours',
        seen.filter(({ status }) => status >= 500).length,
        'answers',
        0,
        seen.length,
      ),
      figure('markers where they are not declared', leaks.length, 'markers', 0, seen.length),
      figure('clinical markers in calendars', inFeeds.length, 'markers', 0, markers.length),
      figure('markers in letters to somebody else', inLetters, 'markers', 0, markers.length),
      figure('markers in the log', inLogs.length, 'markers', 0, markers.length),
      figure('markers of the patient missing in their copy', missing.length, 'markers', 0, markers.length),
      figure('markers of another patient in it', foreign.length, 'markers', 0, markers.length),
      { ...figure('people forgotten', forgotten, 'people', 1, 1), ok: forgotten === 1 },
      figure('markers left outside the locked store', left.length, 'columns', 0, markers.length),
      figure('markers that anybody reads afterwards', shownAgain.length, 'markers', 0, again.length),
    ];
  } finally {
    await cluster.stop();
  }
}

/** Which of the data map's readers a viewer is, of rows about this subject. */
const READS: Readonly<Record<Viewer, Readonly<Record<Marker['about'], readonly string[]>>>> = {
  visitor: { mine: ['public'], other: ['public'], practitioner: ['public'] },
  self: { mine: ['public', 'self'], other: ['public'], practitioner: ['public', 'cared_for'] },
  otherPatient: { mine: ['public'], other: ['public', 'self'], practitioner: ['public', 'cared_for'] },
  practitioner: {
    mine: ['public', 'practitioner'],
    other: ['public', 'practitioner'],
    practitioner: ['public', 'self', 'practitioner'],
  },
  otherPractitioner: { mine: ['public'], other: ['public'], practitioner: ['public'] },
  desk: { mine: ['public', 'desk'], other: ['public', 'desk'], practitioner: ['public', 'desk'] },
  otherDesk: { mine: ['public'], other: ['public'], practitioner: ['public'] },
  carer: { mine: ['public', 'carer'], other: ['public'], practitioner: ['public', 'cared_for'] },
  reviewer: {
    mine: ['public', 'reviewer'],
    other: ['public', 'reviewer'],
    practitioner: ['public', 'reviewer'],
  },
  operator: {
    mine: ['public', 'operator'],
    other: ['public', 'operator'],
    practitioner: ['public', 'operator'],
  },
};

interface Leak {
  marker: Marker;
  viewer: Viewer;
  path: string;
}

function undeclared(seen: readonly Seen[], markers: readonly Marker[]): Leak[] {
  return undeclaredAll(seen, markers).filter(({ marker, viewer }) => {
    const table = dataMap[marker.table]!;
    const readers: readonly string[] = table.about === 'nobody' ? [] : table.readers;
    return !READS[viewer][marker.about].some((reader) => readers.includes(reader));
  });
}

function undeclaredAll(seen: readonly Seen[], markers: readonly Marker[]): Leak[] {
  const byText = new Map(markers.map((marker) => [marker.text, marker]));
  return seen.flatMap(({ viewer, path, text }) =>
    [...new Set(text.match(/canary\d{3}(?:mine|other|practitioner)/g) ?? [])].flatMap((found) => {
      const marker = byText.get(found);
      return marker === undefined ? [] : [{ marker, viewer, path }];
    }),
  );
}

/** Once for each column and viewer, with where it was seen first. */
function summary(leaks: readonly Leak[]): string[] {
  const lines = new Map<string, string>();
  for (const { marker, viewer, path } of leaks) {
    const key = `${marker.table}.${marker.column} of ${marker.about}, by ${viewer}`;
    if (!lines.has(key)) lines.set(key, `${key}: ${path}`);
  }
  return [...lines.values()];
}

/** Every id of this patient that stands in some address. */
async function idsOf(client: pg.Client, patientId: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT $1::uuid AS id UNION SELECT id FROM appointment WHERE patient_id = $1 UNION SELECT id FROM consultation_record WHERE patient_id = $1
     UNION SELECT id FROM prescription WHERE patient_id = $1 UNION SELECT id FROM complaint WHERE patient_id = $1 UNION SELECT id FROM review WHERE patient_id = $1
     UNION SELECT id FROM portfolio_case WHERE patient_id = $1 UNION SELECT id FROM adverse_event WHERE patient_id = $1 UNION SELECT id FROM case_file WHERE patient_id = $1
     UNION SELECT recall_id FROM batch_recall_treatment WHERE patient_id = $1 UNION SELECT id FROM waitlist_offer WHERE patient_id = $1`,
    [patientId],
  );
  return rows.map(({ id }) => id);
}

/** Markers of a patient in letters that go to another address than theirs and their carers'; of anything clinical in a subject. */
async function misdirected(client: pg.Client, markers: readonly Marker[]): Promise<number> {
  const { rows } = await client.query<{ to_address: string; subject: string; all: string }>(
    `SELECT to_address::text, subject, subject || ' ' || body || ' ' || coalesce(letter::text, '') AS all FROM mail_message`,
  );
  const own = (about: Marker['about']) =>
    markers.find(({ table, column, about: of }) => table === 'account' && column === 'email' && of === about)
      ?.text ?? '';
  return rows.flatMap(({ to_address: to, subject, all }) =>
    markers.filter(
      ({ text, about, table, column }) =>
        (all.includes(text) && about !== 'practitioner' && !to.includes(own(about))) ||
        (subject.includes(text) && dataMap[table]?.clinical?.split(' ').includes(column)),
    ),
  ).length;
}

/** Columns outside the locked tables in which a marker is left. */
async function remains(client: pg.Client, markers: readonly Marker[]): Promise<string[]> {
  const { rows } = await client.query<{ table: string; columns: string[] }>(
    `SELECT c.relname AS table, array_agg(a.attname::text) AS columns FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.atttypid IN ('text'::regtype, 'citext'::regtype, 'jsonb'::regtype, 'json'::regtype, 'text[]'::regtype, 'varchar'::regtype)
        GROUP BY c.relname`,
  );
  const left: string[] = [];
  const wanted = markers.map(({ text }) => text).join('|');
  for (const { table, columns } of rows) {
    const about = dataMap[table];
    if (about !== undefined && about.about !== 'nobody' && about.erasure === 'locked') continue;
    for (const column of columns) {
      const { rows: found } = await client.query<{ text: string }>(
        `SELECT DISTINCT (regexp_match("${column}"::text, '(${wanted})'))[1] AS text FROM "${table}" WHERE "${column}"::text ~ '(${wanted})'`,
      );
      for (const { text } of found) {
        const marker = markers.find((one) => one.text === text);
        left.push(`${table}.${column} (of ${marker?.table}.${marker?.column})`);
      }
    }
  }
  return left;
}

/** A week has passed: everybody but the forgotten signs in again. */
async function renewSessions(client: pg.Client, stage: Stage): Promise<void> {
  await client.query(
    `UPDATE session SET expires_at = app_now() + interval '12 hours', last_seen_at = app_now() WHERE account_id = ANY ($1)`,
    [Object.values(stage.accounts)],
  );
}
