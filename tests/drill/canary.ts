import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';
import { agreeToForget, proposeForgetting } from '#lib/server/domain/privacy/forget-practitioner.ts';
import { askToBeForgotten } from '#lib/server/domain/privacy/ask-to-be-forgotten.ts';
import { dataMap } from '#lib/server/domain/privacy/data-map.ts';
import { keepNoLonger } from '#lib/server/domain/privacy/keep-no-longer.ts';
import { takeCopy } from '#lib/server/domain/privacy/take-copy.ts';
import { notifyPatient, appointmentLetters } from '#lib/server/domain/notifications/notify.ts';
import type { EventType } from '#lib/server/domain/shared/events.ts';
import { findViewer } from '#lib/server/domain/accounts/sessions.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { ensureBuilt, projectFolder } from '../../src/bin/build.ts';
import type { Figure } from '../bin/figures.ts';
import { startCluster } from '../harness/cluster.ts';
import { startServerProcess } from '../harness/processes.ts';
import { unmarkable } from './canary/columns.ts';
import { crawl, type Seen } from './canary/crawl.ts';
import { asText, mark, markableColumns, type About, type Marker } from './canary/mark.ts';
import { setStage, type Stage, type Viewer } from './canary/stage.ts';

/*
 * A text, a day or a number that is nowhere else goes into every personal and clinical column of the data map, about two patients,
 * their practitioner, one who has stopped, and somebody who is forgotten already; `canary/columns.ts` says which columns can hold
 * none, and why.
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
    const { markers, bare } = await markAll(client, stage);
    for (const line of bare) console.error(`without a marker: ${line}`);
    // The index is made of what is marked.
    await promisify(execFile)(process.execPath, ['src/bin/reindex.ts'], {
      cwd: projectFolder,
      env: {
        ...process.env,
        MODE: 'test',
        WORKER_DATABASE_URL: urls.worker,
        DATABASE_URL: urls.app,
        MEILI_URL: '',
      },
    });
    const inIndex = await indexed(client, markers);
    for (const { table, column } of inIndex) console.error(`in the index: ${table}.${column}`);

    const db = openDb(openPool(urls.app, { max: 2, onError: () => {} }));
    const worker = openDb(openPool(urls.worker, { max: 2, onError: () => {} }));
    // Before the jobs of the server let go of what has run out.
    const viewer = (await findViewer(db, stage.tokens.self!))!;
    const copy = JSON.stringify(await takeCopy(db, viewer, publicUrl));
    const mine = markers.filter(({ about }) => about === 'mine');
    const copied = mine.filter(({ table }) => isCopied(table));
    const missing = copied.filter((marker) => !standsIn(copy)(marker));
    const foreign = markers.filter(
      (marker) => (marker.about === 'other' || marker.about === 'locked') && standsIn(copy)(marker),
    );
    for (const { table, column } of missing) console.error(`not in the copy: ${table}.${column}`);

    const server = await startServerProcess(urls, { entry: 'start', env: { LOG_LEVEL: 'debug' } });
    const ids = [...(await idsOf(client, stage)), stage.lockedPatientId];
    const seen = await crawl(server.url, stage, ids);
    const failed = seen.filter(({ status }) => status >= 500);
    for (const { viewer, path, status } of failed) console.error(`${status} for ${viewer}: ${path}`);
    const leaks = undeclared(seen, markers);
    for (const line of summary(leaks)) console.error(line);
    const found = new Set(undeclaredAll(seen, markers).map(({ marker }) => marker));
    const feeds = await Promise.all(
      stage.feeds.map(async (secret) => (await fetch(`${server.url}/calendars/${secret}.ics`)).text()),
    );
    const inFeeds = markers.filter((marker) => isClinical(marker) && standsIn(feeds.join(''))(marker));
    await writeLetters(client, worker, stage);
    const letters = await readLetters(client);
    const inLetters = misdirected(letters, markers);
    for (const line of inLetters) console.error(`in a letter: ${line}`);

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
    const left = await remains(client, mine);
    for (const line of left) console.error(`left behind: ${line}`);
    await renewSessions(client, stage);
    const again = await crawl(server.url, stage, ids);
    const shownAgain = undeclaredAll(again, mine);
    for (const line of summary(shownAgain)) console.error(`after forgetting, ${line}`);
    const author = await forgetAuthor(client, db, worker, stage, markers);
    const inLogs = markers.filter(standsIn(server.output()));
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
    const columns = markableColumns().length;
    return [
      figure('columns with a marker', columns - bare.length, 'columns', null, markers.length),
      figure('columns that can hold none, each with a reason', unmarkable.size, 'columns', null, columns),
      figure('columns without a marker', bare.length, 'columns', 0, columns),
      figure('markers in the index that are not for everybody', inIndex.length, 'markers', 0, markers.length),
      figure('answers read', seen.length, 'answers', null, seen.length),
      figure(
        'pages that opened among them',
        seen.filter(({ status }) => status === 200).length,
        'answers',
        null,
        seen.length,
      ),
      figure('markers that somebody could read at all', found.size, 'markers', null, markers.length),
      figure('answers that were errors of ours', failed.length, 'answers', 0, seen.length),
      figure('markers where they are not declared', leaks.length, 'markers', 0, seen.length),
      figure('clinical markers in calendars', inFeeds.length, 'markers', 0, markers.length),
      figure(
        'markers in letters to somebody else, or clinical ones in any',
        inLetters.length,
        'markers',
        0,
        letters.length,
      ),
      figure('markers in the log', inLogs.length, 'markers', 0, markers.length),
      figure('markers of the patient missing in their copy', missing.length, 'markers', 0, copied.length),
      figure('markers of another patient in it', foreign.length, 'markers', 0, markers.length),
      { ...figure('people forgotten', forgotten, 'people', 1, 1), ok: forgotten === 1 },
      figure('markers left outside the locked store', left.length, 'columns', 0, mine.length),
      figure('markers that anybody reads afterwards', shownAgain.length, 'markers', 0, again.length),
      ...author.map(({ name, value, bar, n }) => ({
        ...figure(name, value, 'markers', bar, n),
        ok: bar === 0 ? value === 0 : value === bar,
      })),
    ];
  } finally {
    await cluster.stop();
  }
}

/** Marks everything about everybody. Answers also which columns of the data map carry no marker after that. */
async function markAll(client: pg.Client, stage: Stage): Promise<{ markers: Marker[]; bare: string[] }> {
  const subject = (
    about: About,
    accountId: string | null,
    patientId: string | null,
    practitionerId: string | null,
  ) => mark(client, { about, accountId, patientId, practitionerId });
  const marked = [
    await subject('mine', stage.accountId, stage.patientId, null),
    await subject('other', stage.otherAccountId, stage.otherPatientId, null),
    await subject('practitioner', stage.accounts.practitioner, null, stage.practitionerId),
    await subject('former', stage.formerAccountId, null, stage.formerId),
    await subject('locked', null, stage.lockedPatientId, null),
  ];
  const markers = marked.flatMap((one) => one.markers);
  const isMarked = new Set(markers.map(({ table, column }) => `${table}.${column}`));
  const refused = new Set(marked.flatMap((one) => one.refused));
  const bare = markableColumns()
    .map(({ table, column }) => `${table}.${column}`)
    .filter((name) => !isMarked.has(name))
    .map((name) => `${name} (${refused.has(name) ? 'takes none of them' : 'has no row'})`);
  return { markers, bare };
}

const isClinical = ({ table, column }: Marker) =>
  dataMap[table]?.clinical?.split(' ').includes(column) === true;

/** What reviewers gathered, and what a server or an operator said of a letter or a job, is in no copy. */
function isCopied(table: string): boolean {
  const about = dataMap[table];
  return about !== undefined && about.about !== 'nobody' && about.find !== null;
}

/** Which of the data map's readers a viewer is, of rows about a patient or a practitioner on the stage. */
const READS: Readonly<Record<Viewer, Readonly<Record<Staged, readonly string[]>>>> = {
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

type Staged = Exclude<About, 'former' | 'locked'>;

/** Nobody has to do with the two that are gone but staff, and who reads what everybody reads. */
function readersOf(viewer: Viewer, about: About): readonly string[] {
  if (about !== 'former' && about !== 'locked') return READS[viewer][about];
  return viewer === 'reviewer' || viewer === 'operator' ? ['public', viewer] : ['public'];
}

interface Leak {
  marker: Marker;
  viewer: Viewer;
  path: string;
}

function undeclared(seen: readonly Seen[], markers: readonly Marker[]): Leak[] {
  return undeclaredAll(seen, markers).filter(({ marker, viewer }) => {
    const table = dataMap[marker.table]!;
    const readers: readonly string[] = table.about === 'nobody' ? [] : table.readers;
    if (table.shown?.split(' ').includes(marker.column) === true) return false;
    return !readersOf(viewer, marker.about).some((reader) => readers.includes(reader));
  });
}

function undeclaredAll(seen: readonly Seen[], markers: readonly Marker[]): Leak[] {
  const byForm = new Map(markers.flatMap((marker) => marker.forms.map((form) => [form, marker] as const)));
  const any = new RegExp(anyOf(byForm.keys()), 'g');
  return seen.flatMap(({ viewer, path, text }) =>
    [...new Set([...(text.match(any) ?? [])].map((form) => byForm.get(form)!))].map((marker) => ({
      marker,
      viewer,
      path,
    })),
  );
}

/** Any of these texts, for JavaScript and for PostgreSQL: the longest first, for one may begin another. */
function anyOf(texts: Iterable<string>): string {
  const sorted = [...texts].toSorted((a, b) => b.length - a.length);
  return sorted.map((text) => text.replaceAll(/[.+]/g, String.raw`\$&`)).join('|');
}

const standsIn = (text: string) => (marker: Marker) => marker.forms.some((form) => text.includes(form));

/** Once for each column and viewer, with where it was seen first. */
function summary(leaks: readonly Leak[]): string[] {
  const lines = new Map<string, string>();
  for (const { marker, viewer, path } of leaks) {
    const key = `${marker.table}.${marker.column} of ${marker.about}, by ${viewer}`;
    if (!lines.has(key)) lines.set(key, `${key}: ${path}`);
  }
  return [...lines.values()];
}

/** Every id of the first patient, and of both practitioners, that stands in some address. */
async function idsOf(
  client: pg.Client,
  { patientId, accountId, practitionerId, formerId }: Stage,
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT $1::uuid AS id UNION SELECT id FROM appointment WHERE patient_id = $1 UNION SELECT id FROM consultation_record WHERE patient_id = $1
     UNION SELECT id FROM prescription WHERE patient_id = $1 UNION SELECT id FROM complaint WHERE patient_id = $1 UNION SELECT id FROM review WHERE patient_id = $1
     UNION SELECT id FROM portfolio_case WHERE patient_id = $1 UNION SELECT id FROM adverse_event WHERE patient_id = $1 UNION SELECT id FROM case_file WHERE patient_id = $1
     UNION SELECT recall_id FROM batch_recall_treatment WHERE patient_id = $1 UNION SELECT id FROM waitlist_offer WHERE patient_id = $1
     UNION SELECT id FROM consent_paper WHERE patient_id = $1 UNION SELECT id FROM account_recovery WHERE account_id = $2
     UNION SELECT unnest($3::uuid[]) UNION SELECT id FROM vetting_case WHERE practitioner_id = ANY ($3) UNION SELECT id FROM external_calendar WHERE practitioner_id = ANY ($3)`,
    [patientId, accountId, [practitionerId, formerId]],
  );
  return rows.map(({ id }) => id);
}

/** Markers in what search looks in and shows, where the data map lets not everybody read them. */
async function indexed(client: pg.Client, markers: readonly Marker[]): Promise<Marker[]> {
  const { rows } = await client.query<{ text: string }>(
    `SELECT lexemes::text || shown::text AS text FROM search_text UNION ALL SELECT d::text FROM search_document d`,
  );
  return markers.filter(({ table, forms }) => {
    const about = dataMap[table]!;
    const isPublic = about.about !== 'nobody' && (about.readers as readonly string[]).includes('public');
    return !isPublic && rows.some(({ text }) => forms.some((form) => text.includes(form)));
  });
}

/** Every letter there is about a visit, once more, made of what is marked: to the patient, and to who helps them. */
async function writeLetters(client: pg.Client, worker: Db, { patientId }: Stage): Promise<void> {
  for (const type of Object.keys(appointmentLetters) as EventType[]) {
    await client.query(`SET session_replication_role = replica`);
    const { rows } = await client.query<{ id: string; visit: string }>(
      `INSERT INTO event (type, version, subject_type, subject_id, payload)
       SELECT $2, 1, 'appointment', a.id, '{"by": "practice", "minutes": "20"}' FROM appointment a WHERE a.patient_id = $1 ORDER BY a.id LIMIT 1
       RETURNING id, subject_id AS visit`,
      [patientId, type],
    );
    await client.query(`SET session_replication_role = origin`);
    const { id, visit } = rows[0]!;
    const payload = { by: 'practice', minutes: '20' };
    await notifyPatient(worker, publicUrl, { id, type, appointmentId: visit, payload });
  }
}

interface SentLetter {
  to: string;
  subject: string;
  all: string;
}

async function readLetters(client: pg.Client): Promise<SentLetter[]> {
  const { rows } = await client.query<SentLetter>(
    `SELECT to_address::text AS to, subject, concat_ws(' ', subject, body, letter::text, calendar::text) AS all FROM mail_message`,
  );
  return rows;
}

/**
 * Markers of a patient in letters that go to another address than theirs, but for the name that who helps them reads; and
 * anything clinical in any letter at all.
 */
function misdirected(letters: readonly SentLetter[], markers: readonly Marker[]): string[] {
  const own = (about: Marker['about']) =>
    markers.find(({ table, column, about: of }) => table === 'account' && column === 'email' && of === about)
      ?.text ?? '';
  const helperMayRead = new Set(['patient.given_name', 'patient.family_name', 'account.display_name']);
  return letters.flatMap(({ to, subject, all }) =>
    markers.flatMap((marker) => {
      const { about, table, column } = marker;
      const isAstray =
        (about === 'mine' || about === 'other') &&
        !to.includes(own(about)) &&
        !helperMayRead.has(`${table}.${column}`);
      return (isAstray || isClinical(marker)) && standsIn(all)(marker)
        ? [`${table}.${column} of ${about}, to ${to}: ${subject}`]
        : [];
    }),
  );
}

/** Who wrote it stays with the records: these columns, and what reviewers checked. */
const AUTHOR = new Set(
  'account.display_name practitioner.display_name practitioner.family_name practitioner.title practitioner.records_custodian practitioner.out_of_hours_name practitioner.out_of_hours_phone'.split(
    ' ',
  ),
);

/** The practitioner who has stopped is forgotten too: at once what is theirs alone, and the rest with the last record they wrote. */
async function forgetAuthor(client: pg.Client, db: Db, worker: Db, stage: Stage, markers: readonly Marker[]) {
  const { formerId, formerAccountId, formerToken } = stage;
  await client.query(
    `SET session_replication_role = replica;
     UPDATE session SET expires_at = app_now() + interval '12 hours', last_seen_at = app_now() WHERE account_id = '${formerAccountId}';
     UPDATE appointment SET state = 'cancelled', cancelled_by = 'patient', block_id = NULL, block_span = NULL
      WHERE '${formerId}' IN (practitioner_id, prescriber_id) AND state IN ('held', 'confirmed', 'paused', 'arrived', 'started');
     DELETE FROM treatment_record WHERE injector_id = '${formerId}' AND state = 'draft';
     UPDATE practitioner SET standing = 'withdrawn' WHERE id = '${formerId}';
     SET session_replication_role = origin`,
  );
  const theirs = markers.filter(({ about }) => about === 'former');
  const viewer = (await findViewer(db, formerToken))!;
  const copy = JSON.stringify(await takeCopy(db, viewer, publicUrl));
  const copied = theirs.filter(({ table }) => isCopied(table));
  const missing = copied.filter((marker) => !standsIn(copy)(marker));
  for (const { table, column } of missing)
    console.error(`not in the practitioner's copy: ${table}.${column}`);
  const foreign = markers.filter((marker) => marker.about !== 'former' && standsIn(copy)(marker));
  await askToBeForgotten(db, viewer, publicUrl);
  await agreeByTwo(client, db, formerAccountId);
  await client.query(`UPDATE clock SET ahead_by = ahead_by + interval '169 hours'`);
  const { forgotten } = await keepNoLonger(worker);
  const left = await remains(client, theirs, ['author', 'kept', 'locked'], AUTHOR);
  for (const line of left) console.error(`left of the practitioner: ${line}`);
  const { rows } = await client.query<{ until: string | null }>(
    `SELECT max(keep_until)::text AS until FROM practitioner_lock WHERE practitioner_id = $1`,
    [formerId],
  );
  const until = rows[0]?.until ?? null;
  if (until !== null) {
    await client.query(
      `UPDATE clock SET ahead_by = ahead_by + ($1::date + interval '36 hours' - app_now())`,
      [until],
    );
    await keepNoLonger(worker);
  }
  const leftLater = await remains(client, theirs, ['kept', 'locked'], new Set());
  for (const line of leftLater) console.error(`left of the practitioner at last: ${line}`);
  return [
    {
      name: 'markers of the practitioner missing in their copy',
      value: missing.length,
      bar: 0,
      n: copied.length,
    },
    { name: 'markers of anybody else in it', value: foreign.length, bar: 0, n: markers.length },
    { name: 'practitioners forgotten', value: forgotten, bar: 1, n: 1 },
    { name: 'markers left that do not say who wrote a record', value: left.length, bar: 0, n: theirs.length },
    {
      name: 'markers left when the last record has run out',
      value: leftLater.length,
      bar: 0,
      n: theirs.length,
    },
  ];
}

/** One of the staff proposes that they are forgotten, and another agrees. */
async function agreeByTwo(client: pg.Client, db: Db, accountId: string): Promise<void> {
  const { rows: staff } = await client.query<{ id: string }>(
    `SELECT DISTINCT account_id AS id FROM staff ORDER BY 1 LIMIT 2`,
  );
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM erasure WHERE account_id = $1 AND refused_at IS NULL`,
    [accountId],
  );
  const erasureId = rows[0]!.id;
  const [one, two] = staff.map(({ id }) => ({ kind: 'account', accountId: id }) as const);
  await proposeForgetting(db, one!, { erasureId, words: 'Rang the practice: it is them.' });
  await agreeToForget(db, two!, publicUrl, { erasureId });
}

/** Columns in which a marker is left, but for tables of which these things become. */
async function remains(
  client: pg.Client,
  markers: readonly Marker[],
  staying: readonly string[] = ['locked'],
  columns: ReadonlySet<string> = new Set(),
): Promise<string[]> {
  const { rows } = await client.query<{ table: string; column: string; type: string }>(
    `SELECT c.relname AS table, a.attname AS column, t.typname AS type FROM pg_class c JOIN pg_type t ON true
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = t.oid
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        AND t.typname = ANY ('{text,citext,varchar,json,jsonb,_text,date,float8,bytea,tsvector}')`,
  );
  const left: string[] = [];
  const any = anyOf(markers.map(({ text }) => text));
  for (const { table, column, type } of rows) {
    const about = dataMap[table];
    if (columns.has(`${table}.${column}`)) continue;
    if (
      about !== undefined &&
      about.about !== 'nobody' &&
      table !== 'practitioner' &&
      staying.includes(about.erasure)
    )
      continue;
    const { rows: found } = await client.query<{ text: string }>(
      `SELECT DISTINCT (regexp_match(${asText(column, type)}, '(${any})'))[1] AS text FROM "${table}" WHERE ${asText(column, type)} ~ '(${any})'`,
    );
    for (const { text } of found) {
      const marker = markers.find((one) => one.text === text);
      left.push(`${table}.${column} (of ${marker?.table}.${marker?.column})`);
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
