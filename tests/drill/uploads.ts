import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import exifr from 'exifr';
import pg from 'pg';
import { ensureBuilt } from '../../src/bin/build.ts';
import type { Figure } from '../bin/figures.ts';
import { startCluster } from '../harness/cluster.ts';
import { startServerProcess, type ServerProcess } from '../harness/processes.ts';
import { randomFrom } from '../harness/random.ts';
import { HIDDEN, hostileFiles, type Hostile } from './uploads/hostile.ts';
import { carried } from './uploads/scan.ts';

/*
 * Everything that somebody may send as a picture, to everywhere that takes one: evidence of a credential, a picture of a case
 * as a plain form, and piece by piece. Nothing may break, nothing may be kept as it came, nothing that came with it may stay,
 * and what is kept for one is for nobody else.
 */

const SEED = 57;
const AT_ONCE = 4;
const GUESSES = 400;
const MOST_MEGABYTES = 200;
const PIECE = 512 * 1024;

interface Answer {
  status: number;
  body: string;
}

/** Runs the drill on `npm run drill -- uploads`. */
export async function run(): Promise<Figure[]> {
  await ensureBuilt(console.error);
  const files = await hostileFiles();
  const cluster = await startCluster();
  try {
    const { urls } = await cluster.create('demo');
    const owner = new pg.Client({ connectionString: urls.owner });
    await owner.connect();
    const stage = await setStage(owner);
    const server = await startServerProcess(urls);
    const client = clientOf(server, stage);

    // What a server of any kind takes to draw its first pictures is not the files' doing.
    for (const file of files.filter(({ isPicture }) => isPicture).slice(0, 6)) await client.plain(file);
    const before = memory(server);
    const answers: { file: Hostile; way: 'evidence' | 'plain' | 'pieces'; answer: Answer }[] = [];
    let last = performance.now();
    for (const way of ['evidence', 'plain', 'pieces'] as const) {
      // Each place takes one file at a time; they come to several places at once.
      const queue = [...files];
      const sendAll = async (lane: number) => {
        for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
          const answer =
            way === 'evidence' ? await client.evidence(file, owner) : await client[way](file, lane % 2 === 0);
          answers.push({ file, way, answer });
        }
      };
      const lanes = way === 'evidence' ? 1 : way === 'pieces' ? 2 : AT_ONCE;
      await Promise.all(Array.from({ length: lanes }, (_, lane) => sendAll(lane)));
      console.error(`${way}: ${files.length} files in ${((performance.now() - last) / 1000).toFixed(1)} s`);
      last = performance.now();
    }
    const after = memory(server);

    const { rows: stored } = await owner.query<{ id: string; type: string; bytes: Buffer; from: string }>(
      `SELECT id, media_type AS type, bytes, 'evidence' AS from FROM evidence_file WHERE media_type <> 'application/pdf'
       UNION ALL SELECT r.id, r.media_type, r.bytes, 'portfolio' FROM portfolio_rendition r JOIN portfolio_picture p ON p.id = r.picture_id WHERE p.case_id = $1`,
      [stage.caseId],
    );
    const sent = new Set(files.map(({ bytes }) => hashOf(bytes)));
    const asTheyCame = stored.filter(({ bytes }) => sent.has(hashOf(bytes)));
    const withMore: string[] = [];
    for (const { type, bytes, id } of stored) {
      const found = carried(type, bytes);
      const read: unknown = await exifr
        .parse(bytes, {
          tiff: true,
          exif: true,
          gps: true,
          xmp: true,
          icc: true,
          iptc: true,
          jfif: false,
          ihdr: false,
        })
        .catch(() => undefined);
      if (read !== undefined && Object.keys(read as object).length > 0)
        found.push(...Object.keys(read as object));
      if (HIDDEN.some((words) => bytes.includes(words))) found.push('hidden words');
      if (found.length > 0) withMore.push(`${id} ${type}: ${found.slice(0, 4).join(', ')}`);
    }
    // The readers must be able to find something, or their silence says nothing.
    const known = files.filter(({ name }) => name.startsWith('exif-gps') || name.startsWith('xmp-script'));
    const blind = known.filter(({ bytes, type }) => carried(type, bytes).length === 0);
    const exifrReads = await exifr.gps(known.find(({ name }) => name === 'exif-gps.jpg')!.bytes);
    const { rows: left } = await owner.query(`SELECT 1 FROM portfolio_upload_piece`);
    const pdfs = await owner.query<{ id: string }>(
      `SELECT id FROM evidence_file WHERE media_type = 'application/pdf'`,
    );
    const opened = await client.openedInline(pdfs.rows.map(({ id }) => id));
    const reached = await client.reachedByOthers(
      stored.filter(({ from }) => from === 'evidence').map(({ id }) => `/evidence/${id}`),
      stored.filter(({ from }) => from === 'portfolio').map(({ id }) => `/pictures/${id}`),
    );
    await owner.end();
    await server.stop();

    // Evidence may be a document too, and is never a WebP; an empty file is what a browser sends where none was chosen,
    // and a claim may do without one.
    const meant = (file: Hostile, way: string) =>
      way === 'evidence'
        ? file.bytes.length === 0 ||
          (file.isPicture && !file.bytes.subarray(8, 12).equals(Buffer.from('WEBP'))) ||
          file.bytes.subarray(0, 5).equals(Buffer.from('%PDF-'))
        : file.isPicture;
    const wrongly = answers.filter(({ file, way, answer }) => isTaken(answer) !== meant(file, way));
    const errors = answers.filter(({ answer }) => answer.status >= 500);
    const telling = answers.filter(({ answer }) => /node_modules|\.ts:\d|SELECT |vips/i.test(answer.body));
    for (const { file, way, answer } of [...wrongly, ...errors])
      console.error(`${way} ${file.name.slice(0, 60)}: ${answer.status} ${answer.body.slice(0, 200)}`);
    for (const line of withMore.slice(0, 20)) console.error(line);
    for (const line of reached.slice(0, 20)) console.error(`reached: ${line}`);

    const n = answers.length;
    const none = (name: string, found: readonly unknown[], of: number): Figure => ({
      name,
      value: found.length,
      unit: '',
      bar: 0,
      ok: found.length === 0 && of > 0,
      seed: SEED,
      n: of,
    });
    const rise = Math.round(after.peak - before.now);
    return [
      {
        name: 'hostile files',
        value: files.length,
        unit: 'files',
        bar: 60,
        ok: files.length >= 60,
        seed: SEED,
        n: files.length,
      },
      none('server errors', errors, n),
      none('judged otherwise than meant', wrongly, n),
      none('answers that tell of our insides', telling, n),
      {
        name: 'memory rise',
        value: rise,
        unit: 'MB',
        bar: MOST_MEGABYTES,
        ok: rise < MOST_MEGABYTES,
        seed: SEED,
        n,
      },
      { name: 'memory after', value: Math.round(after.now), unit: 'MB', bar: null, ok: true, seed: SEED, n },
      none('kept as it came', asTheyCame, stored.length),
      none('kept with something beside the picture', withMore, stored.length),
      none(
        'readers that find nothing where something is',
        [...blind, ...(exifrReads ? [] : ['exifr'])],
        known.length + 1,
      ),
      none('pieces left behind', left, n),
      none('documents opened by a page', opened, pdfs.rows.length),
      none('reached by somebody else, or by a guess', reached, stored.length),
    ];
  } finally {
    await cluster.stop();
  }
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A form that is taken sends its browser on; a piece-by-piece one says 200. */
const isTaken = ({ status }: Answer) => status === 200 || status === 303;

/** Resident memory of the server in megabytes: now, and at most since it was last asked. */
function memory({ child }: ServerProcess): { now: number; peak: number } {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)![1]) / 1024;
  const found = { now: of('VmRSS'), peak: of('VmHWM') };
  writeFileSync(`/proc/${child.pid}/clear_refs`, '5');
  return found;
}

interface Stage {
  /** Sessions, by who they are of. */
  tokens: Record<
    'applicant' | 'practitioner' | 'otherPractitioner' | 'patient' | 'otherPatient' | 'reviewer',
    string
  >;
  applicationId: string;
  applicantId: string;
  applicantAccountId: string;
  caseId: string;
}

/** Somebody who applies, somebody with a case that its patient agreed to, and others who have no business with either. */
async function setStage(owner: pg.Client): Promise<Stage> {
  const one = async (sql: string, values: unknown[] = []) =>
    (await owner.query<Record<string, string>>(sql, values)).rows[0]!;
  const as = (accountId: string) => one(`SELECT set_config('app.actor_id', $1, false)`, [accountId]);
  const signedIn = async (accountId: string) => {
    const token = randomBytes(32).toString('base64url');
    await owner.query(
      `INSERT INTO session (id, account_id, expires_at) VALUES ($1, $2, app_now() + interval '1 hour')`,
      [hashOf(Buffer.from(token)), accountId],
    );
    return token;
  };
  const treated = await one(`
    SELECT a.id, p.id AS practitioner_id, p.account_id AS practitioner, t.account_id AS patient FROM appointment a
      JOIN practitioner p ON p.id = a.practitioner_id JOIN patient t ON t.id = a.patient_id
     WHERE a.kind = 'treatment' AND a.state = 'completed' AND t.account_id IS NOT NULL AND a.started_at < app_now() - interval '3 days'
       AND EXISTS (SELECT FROM listing l WHERE l.practitioner_id = p.id) AND NOT EXISTS (SELECT FROM photo_consent c WHERE c.treatment_id = a.id)
     ORDER BY a.id LIMIT 1`);
  const say = (word: string) =>
    one(
      `INSERT INTO photo_consent (treatment_id, patient_id, practitioner_id, purpose, nth, word, said_by, said_at)
       SELECT id, patient_id, practitioner_id, 'consultation', 0, $2, current_actor(), app_now() FROM appointment WHERE id = $1 RETURNING word`,
      [treated.id, word],
    );
  await as(treated.practitioner!);
  await say('asked');
  await as(treated.patient!);
  await say('given');
  await as(treated.practitioner!);
  const portfolioCase = await one(
    `INSERT INTO portfolio_case (treatment_id, patient_id, practitioner_id, jurisdiction, treated_on, before_on, after_on, regions, asked_for, why, unaltered)
     SELECT id, patient_id, practitioner_id, jurisdiction, started_at::date, started_at::date, started_at::date + 2, '{frown_lines}', 'To look rested again.', 'A little on each side.', true
       FROM appointment WHERE id = $1 RETURNING id`,
    [treated.id],
  );
  const applicant = await one(
    `SELECT p.id, p.account_id, a.id AS application FROM practitioner p JOIN application a ON a.practitioner_id = p.id
      WHERE p.id <> $1 AND a.jurisdiction = 'england'
        AND NOT EXISTS (SELECT FROM vetting_case v WHERE v.practitioner_id = p.id AND v.state IN ('submitted', 'checks_complete')) ORDER BY p.id LIMIT 1`,
    [treated.practitioner_id],
  );
  const others = await one(
    `SELECT (SELECT p.account_id FROM practitioner p WHERE p.id NOT IN ($1, $2) ORDER BY p.id LIMIT 1) AS practitioner,
            (SELECT t.account_id FROM patient t WHERE t.account_id <> $3 ORDER BY t.id LIMIT 1) AS patient,
            (SELECT account_id FROM staff WHERE role = 'reviewer' LIMIT 1) AS reviewer`,
    [treated.practitioner_id, applicant.id, treated.patient],
  );
  await as('');
  return {
    tokens: {
      applicant: await signedIn(applicant.account_id!),
      practitioner: await signedIn(treated.practitioner!),
      otherPractitioner: await signedIn(others.practitioner!),
      patient: await signedIn(treated.patient!),
      otherPatient: await signedIn(others.patient!),
      reviewer: await signedIn(others.reviewer!),
    },
    applicationId: applicant.application!,
    applicantId: applicant.id!,
    applicantAccountId: applicant.account_id!,
    caseId: portfolioCase.id!,
  };
}

function clientOf({ url }: ServerProcess, stage: Stage) {
  const ask = async (
    path: string,
    who: keyof Stage['tokens'] | null,
    init: RequestInit = {},
  ): Promise<Answer & { headers: Headers }> => {
    const response = await fetch(new URL(path, url), {
      redirect: 'manual',
      ...init,
      headers: {
        ...(who !== null && { cookie: `session=${stage.tokens[who]}` }),
        origin: new URL(url).origin,
        // As a browser asks: a form that is refused is a page with its status.
        accept: 'text/html,application/json;q=0.9',
        ...(init.headers as Record<string, string> | undefined),
      },
    });
    return { status: response.status, body: await response.text(), headers: response.headers };
  };
  const form = (file: Hostile, fields: Record<string, string> = {}) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    body.set('file', new File([new Uint8Array(file.bytes)], file.name, { type: file.type }));
    return { method: 'POST', body };
  };

  return {
    /** As evidence of a course; the claim is taken back afterwards, so that there is room for the next file. */
    async evidence(file: Hostile, owner: pg.Client): Promise<Answer> {
      const takenOn = new Date(Date.parse('2026-09-01')).toISOString().slice(0, 10);
      const answer = await ask(
        `/application/${stage.applicationId}/credentials/life_support`,
        'applicant',
        form(file, { title: 'Basic life support', issuer: 'First Minutes', takenOn }),
      );
      await owner.query(`SELECT set_config('app.actor_id', $1, false)`, [stage.applicantAccountId]);
      await owner.query(
        `UPDATE credential SET withdrawn_at = app_now() WHERE practitioner_id = $1 AND kind = 'life_support' AND withdrawn_at IS NULL
            AND NOT EXISTS (SELECT FROM vetting_evidence e WHERE e.credential_id = credential.id)`,
        [stage.applicantId],
      );
      return answer;
    },
    /** As a picture of a case, in one form. */
    plain: (file: Hostile, isBefore = true): Promise<Answer> =>
      ask(
        `/desk/portfolio/${stage.caseId}/${isBefore ? 'before' : 'after'}?/add`,
        'practitioner',
        form(file),
      ),
    /** As a picture of a case, piece by piece, the first of them sent twice. */
    async pieces(file: Hostile, isBefore = true): Promise<Answer> {
      const json = { 'content-type': 'application/json' };
      const begun = await ask('/api/v1/portfolio/uploads', 'practitioner', {
        method: 'POST',
        headers: json,
        body: JSON.stringify({
          caseId: stage.caseId,
          side: isBefore ? 'before' : 'after',
          size: file.bytes.length,
          sha256: hashOf(file.bytes),
        }),
      });
      if (begun.status !== 201) return begun;
      const { id } = JSON.parse(begun.body) as { id: string };
      const piece = (at: number) =>
        ask(`/api/v1/portfolio/uploads/${id}?at=${at}`, 'practitioner', {
          method: 'PATCH',
          headers: { 'content-type': 'application/octet-stream' },
          body: new Uint8Array(file.bytes.subarray(at, at + PIECE)),
        });
      for (let at = 0; at < file.bytes.length; at += PIECE) {
        const added = await piece(at);
        if (added.status !== 200) return added;
      }
      const again = await piece(0);
      if (again.status !== 409 && again.status !== 422)
        return { status: 599, body: 'a piece was taken twice' };
      return ask(`/api/v1/portfolio/uploads/${id}`, 'practitioner', {
        method: 'POST',
        headers: json,
        body: '{}',
      });
    },
    /** Documents that a browser would open under our name. */
    async openedInline(ids: readonly string[]): Promise<string[]> {
      const found: string[] = [];
      for (const id of ids) {
        const { headers } = await ask(`/evidence/${id}`, 'reviewer');
        const isSaved = headers.get('content-disposition')?.startsWith('attachment');
        if (!isSaved || !headers.get('content-security-policy')?.includes('sandbox')) found.push(id);
      }
      return found;
    },
    /** Addresses that answer somebody who has no business with them, and guesses that answer anybody. */
    async reachedByOthers(evidence: readonly string[], pictures: readonly string[]): Promise<string[]> {
      const found: string[] = [];
      const see = async (path: string, who: keyof Stage['tokens'] | null) => {
        const { status } = await ask(path, who);
        if (status !== 404 && status !== 303) found.push(`${path} as ${who ?? 'nobody'}: ${status}`);
      };
      for (const path of evidence)
        for (const who of [null, 'practitioner', 'otherPractitioner', 'patient', 'otherPatient'] as const)
          await see(path, who);
      for (const path of pictures)
        for (const who of [null, 'applicant', 'otherPractitioner', 'otherPatient', 'reviewer'] as const)
          await see(path, who);
      const random = randomFrom(SEED);
      const known = [...evidence, ...pictures];
      for (let guess = 0; guess < GUESSES; guess++) {
        const path = known[Math.floor(random() * known.length)]!;
        // One digit beside a known one, or any at all.
        const beside =
          path.slice(0, -1) + ((parseInt(path.at(-1)!, 16) + 1 + (guess % 15)) % 16).toString(16);
        await see(guess % 2 === 0 && !known.includes(beside) ? beside : `/pictures/${randomUUID()}`, null);
        await see(
          guess % 2 === 0 && !known.includes(beside) ? beside : `/evidence/${randomUUID()}`,
          'otherPractitioner',
        );
      }
      // Their owners do see them, or all of this would be no answer.
      for (const [path, who] of [
        [pictures[0], 'practitioner'],
        [evidence[0], 'applicant'],
      ] as const)
        if (path === undefined || (await ask(path, who)).status !== 200)
          found.push(`${path} is not shown to ${who}`);
      return found;
    },
  };
}
