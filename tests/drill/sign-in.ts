import { request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { hashPassword } from '#lib/server/domain/accounts/passwords.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { ensureBuilt } from '../../src/bin/build.ts';
import { median, type Figure } from '../bin/figures.ts';
import { passTime } from '../builders/act.ts';
import { startCluster } from '../harness/cluster.ts';
import { startServerProcess, type ServerProcess } from '../harness/processes.ts';

/*
 * What is tried at the door: guesses on one account and on many, telling by the answer or its time who has an account, stolen
 * tables of sessions and codes, a session laid ready, a reset link used many times, foreign hosts in links, and ways out to
 * elsewhere.
 */

const SEED = 1;
const GUESSES = 1_000;
const TRIES = 200;
/** Of each form that is sent without an account: it answers after the same while. */
const FORM_TRIES = 100;
const PARALLEL_RESETS = 100;
const PASSWORD = 'three words and a half';
/** What may be looked at before the counters refuse. */
const MOST_FROM_ADDRESS = 100;
const MOST_ON_ACCOUNT = 100;
const MOST_APART = 0.1;

const EVIL = 'evil.example';
/** Headers by which a foreign host could come into a letter or a page. */
const FOREIGN: readonly Record<string, string>[] = [
  { host: EVIL },
  { host: `${EVIL}:80` },
  { 'x-forwarded-host': EVIL },
  { 'x-forwarded-host': EVIL, 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' },
  { forwarded: `host=${EVIL};proto=https` },
  { 'x-original-host': EVIL, 'x-host': EVIL, 'x-forwarded-server': EVIL },
  { 'x-original-url': `https://${EVIL}/`, 'x-rewrite-url': `https://${EVIL}/` },
];
/** Pages that say where to go on, or pass it on. */
const ONWARD = [
  '/account/sign-in',
  '/account/register',
  '/account/verify',
  '/account/terms',
  '/account/second-factor',
  '/account/second-factor/app',
  '/account/second-step',
  '/account/passkeys',
];

const ELSEWHERE = [
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example/',
  '\\\\evil.example',
  '/\t/evil.example',
  '/%0d%0aLocation:https://evil.example',
  'javascript:alert(1)',
  'http:evil.example',
  ' //evil.example',
  '///evil.example',
  '/ /evil.example',
  '/.//evil.example',
  '/\n/evil.example',
  'https:/\\evil.example',
  '.evil.example',
  '@evil.example',
  ':80@evil.example/',
  '/%09/evil.example',
  '/\u00a0/evil.example',
  '/\u3000/evil.example',
  '\u2028//evil.example',
  '/\u0001/evil.example',
  'data:text/html,<script>alert(1)</script>',
  'HTTPS://evil.example',
  '//evil.example%2f..',
];

interface Answer {
  status: number;
  location: string;
  cookies: string[];
  length: number;
  body: string;
  ms: number;
}

/** Runs the drill on `npm run drill -- sign-in`. */
export async function run(): Promise<Figure[]> {
  await ensureBuilt(console.error);
  const cluster = await startCluster();
  try {
    const { urls } = await cluster.create();
    const owner = openDb(openPool(urls.owner, { max: 2, onError: () => {} }));
    await people(owner);
    const start = () => startServerProcess(urls, { env: { NODE_OPTIONS: WATCHED } });
    let server = await start();
    const figures: Figure[] = [];
    const figure = (name: string, value: number, unit: string, bar: number | null, n: number, ok?: boolean) =>
      figures.push({ name, value, unit, bar, ok: ok ?? (bar === null || value <= bar), seed: SEED, n });

    // One account, from fifty addresses.
    const guesses = await inLanes(GUESSES, (nth) =>
      signIn(server, { email: person(0), password: `guess number ${nth} of many`, from: 2 + (nth % 50) }),
    );
    figure(
      'guesses on one account that were looked at',
      looked(guesses),
      'guesses',
      MOST_ON_ACCOUNT,
      GUESSES,
    );
    await server.stop();
    server = await start();
    const after = await signIn(server, { email: person(0), password: PASSWORD, from: 99 });
    figure('limiter forgotten by a restart', after.status === 429 ? 0 : 1, 'times', 0, 1);

    // Many accounts, one guess each, from one address.
    const sprayed = await inLanes(GUESSES, (nth) =>
      signIn(server, { email: person(nth + 1), password: 'the same guess for all', from: 100 }),
    );
    figure('accounts guessed at from one address', looked(sprayed), 'guesses', MOST_FROM_ADDRESS, GUESSES);
    await passTime(owner, { hours: 2 });
    await sql`DELETE FROM rate_limit`.execute(owner);

    // Who has an account? Addresses of one length, one after the other, so that nothing else differs.
    const [known, unknown]: [Answer[], Answer[]] = [[], []];
    for (let nth = 0; nth < TRIES; nth++) {
      const from = 101 + (nth % 50);
      const password = 'surely not this one';
      const ask = [
        async () => known.push(await signIn(server, { email: person(nth + 1), password, from })),
        async () => unknown.push(await signIn(server, { email: person(nth + 50_000), password, from })),
      ];
      for (const one of nth % 2 === 0 ? ask : ask.toReversed()) await one();
    }
    const [one, other] = [median(known.map(({ ms }) => ms)), median(unknown.map(({ ms }) => ms))];
    const apart = Math.abs(one - other) / Math.max(one, other);
    figure('known and unknown apart in time', round(apart * 100), '%', MOST_APART * 100, TRIES);
    figure('median for a known address', round(one), 'ms', null, TRIES);
    figure('median for an unknown address', round(other), 'ms', null, TRIES);
    const kinds = new Set([...known, ...unknown].map(({ status, length }) => `${status} ${length}`));
    figure('kinds of answer to both', kinds.size, 'kinds', 1, 2 * TRIES);

    // The forms that write a letter where there is an account, and answer the same where there is none.
    for (const { name, path, fields } of FORMS) {
      await sql`DELETE FROM rate_limit`.execute(owner);
      const [there, absent]: [Answer[], Answer[]] = [[], []];
      await inLanes(FORM_TRIES, async (nth) => {
        const from = 2 + (nth % 100);
        const ask = [
          async () => there.push(await post(server, path, fields(person(600 + nth)), { from })),
          async () => absent.push(await post(server, path, fields(person(60_000 + nth)), { from })),
        ];
        for (const one of nth % 2 === 0 ? ask : ask.toReversed()) await one();
        return there.at(-1)!;
      });
      const [known, unknown] = [median(there.map(({ ms }) => ms)), median(absent.map(({ ms }) => ms))];
      figure(
        `${name}: known and unknown apart in time`,
        round((Math.abs(known - unknown) / Math.max(known, unknown)) * 100),
        '%',
        MOST_APART * 100,
        FORM_TRIES,
      );
      figure(`${name}: median for a known address`, round(known), 'ms', null, FORM_TRIES);
      figure(`${name}: median for an unknown address`, round(unknown), 'ms', null, FORM_TRIES);
      const kinds = new Set([...there, ...absent].map(({ status, length }) => `${status} ${length}`));
      const isAnswered = [...kinds].every((kind) => kind.startsWith('200 '));
      figure(
        `${name}: kinds of answer to both`,
        kinds.size,
        'kinds',
        1,
        2 * FORM_TRIES,
        kinds.size === 1 && isAnswered,
      );
    }
    await sql`DELETE FROM rate_limit`.execute(owner);

    // Eight at once: does anybody else wait for them?
    await loopDelay(server);
    const others: number[] = [];
    let signing = true;
    const watching = (async () => {
      while (signing) {
        others.push((await ask(server, { path: '/healthz', from: 200 })).ms);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    for (let round = 0; round < 5; round++)
      await Promise.all(
        Array.from({ length: 8 }, (_, nth) =>
          signIn(server, { email: person(300 + nth), password: PASSWORD, from: 201 + nth }),
        ),
      );
    signing = false;
    await watching;
    const delay = await loopDelay(server);
    figure('event loop late with eight at once, median', delay.p50, 'ms', null, 40);
    figure('the same, 99 of 100', delay.p99, 'ms', null, 40);
    figure('the same, most', delay.most, 'ms', null, 40);
    const sorted = others.toSorted((a, b) => a - b);
    figure('what somebody else waits meanwhile, median', round(median(others)), 'ms', null, others.length);
    figure('the same, longest', round(sorted.at(-1)!), 'ms', null, others.length);

    // A stolen table, and a session laid ready.
    const signedIn = await signIn(server, { email: person(400), password: PASSWORD, from: 210 });
    const token = cookieOf(signedIn);
    const opens = async (cookie: string) =>
      (await ask(server, { path: '/account/sessions', from: 210, cookie: `session=${cookie}` })).status ===
      200;
    const { rows: stolen } = await sql<{ id: string }>`SELECT id FROM session`.execute(owner);
    let opened = 0;
    for (const { id } of stolen) if (await opens(id)) opened += 1;
    figure('sessions opened with what the database holds', opened, 'sessions', 0, stolen.length);
    await post(server, '/account/forgot-password', { email: person(403) }, { from: 211 });
    await post(server, '/account/register', { name: 'A person', email: person(70_000) }, { from: 211 });
    const { rows: hashes } = await sql<{
      hash: string;
    }>`SELECT token_hash AS hash FROM account_code ORDER BY id DESC LIMIT 40`.execute(owner);
    let used = 0;
    for (const { hash } of hashes)
      for (const token of [hash, hash.slice(0, 43), Buffer.from(hash, 'hex').toString('base64url')]) {
        for (const path of ['/account/reset-password', '/account/verify', '/account/recover/finish'])
          if (
            (await post(server, path, { token, password: 'quite a new password' }, { from: 211 })).status ===
            303
          )
            used += 1;
        const half = { from: 211, cookie: `sign-in=${token}` };
        if ((await post(server, '/account/second-step', { code: '000000' }, half)).status === 303) used += 1;
      }
    figure(
      'codes used with what the database holds',
      used,
      'codes',
      0,
      hashes.length,
      used === 0 && hashes.length >= 2,
    );
    const laid = 'A'.repeat(43);
    const fixed = await signIn(server, {
      email: person(401),
      password: PASSWORD,
      from: 211,
      cookie: `session=${laid}`,
    });
    const isFixed = cookieOf(fixed) === laid || (await opens(laid));
    figure('sessions laid ready that were taken', Number(isFixed), 'sessions', 0, 1);
    figure(
      'the owner’s own token opens',
      Number(await opens(token)),
      'sessions',
      null,
      1,
      await opens(token),
    );

    // A foreign host in the request for a link, or for a page.
    let foreign = 0;
    let answers = 0;
    for (const [nth, headers] of FOREIGN.entries()) {
      const [known, fresh, other] = [person(410 + nth), person(71_000 + nth), person(72_000 + nth)];
      const about = { from: 212 + nth, headers };
      await post(server, '/account/forgot-password', { email: known }, about);
      await post(server, '/account/register', { name: 'A person', email: fresh }, about);
      await post(server, '/account/recover', { email: known, newEmail: other, contact: 'By post' }, about);
      const letters = await linksTo(owner, [known, fresh]);
      foreign += letters.filter((link) => !link.startsWith(`${server.url}/`)).length;
      answers += letters.length;
      for (const path of [
        '/',
        '/search',
        '/account/sign-in',
        '/account/sessions',
        '/sitemap.xml',
        '/robots.txt',
      ]) {
        const page = await ask(server, { path, ...about });
        foreign += Number((page.body + page.location).includes(EVIL));
        answers += 1;
      }
    }
    figure(
      'links and pages with a foreign host',
      foreign,
      'answers',
      0,
      answers,
      foreign === 0 && answers >= 50,
    );

    // One reset link, a hundred times at once.
    const victim = person(402);
    await post(server, '/account/forgot-password', { email: victim }, { from: 230 });
    const links = await linksTo(owner, [victim]);
    const reset = new URL(links[0]!).searchParams.get('token')!;
    const resets = await Promise.all(
      Array.from({ length: PARALLEL_RESETS }, (_, nth) =>
        post(
          server,
          '/account/reset-password',
          { token: reset, password: `new password number ${nth}` },
          { from: 213 },
        ),
      ),
    );
    const done = resets.filter(({ status }) => status === 303).length;
    figure('uses of one reset link', done, 'uses', 1, PARALLEL_RESETS, done === 1);
    const again = await post(
      server,
      '/account/reset-password',
      { token: reset, password: 'once more, later' },
      { from: 213 },
    );
    figure('uses of it afterwards', Number(again.status === 303), 'uses', 0, 1);
    const broken = resets.filter(({ status }) => ![303, 409, 503].includes(status)).length;
    figure('answers to the others that are no plain no', broken, 'answers', 0, PARALLEL_RESETS);

    // A way out to elsewhere.
    let out = 0;
    for (const [nth, next] of ELSEWHERE.entries()) {
      const { location } = await signIn(server, {
        email: person(500 + nth),
        password: PASSWORD,
        from: 214,
        next,
      });
      if (location.startsWith('/') && !leadsOut(location, server.url)) continue;
      console.error(`${JSON.stringify(next)} leads to ${JSON.stringify(location)}`);
      out += 1;
    }
    // And wherever else it is said where to go on: in what a page leads to, and in what it answers.
    let tried = ELSEWHERE.length;
    const inside = `session=${cookieOf(await signIn(server, { email: person(403), password: PASSWORD, from: 215 }))}`;
    for (const next of ELSEWHERE) {
      for (const path of ONWARD)
        for (const cookie of [undefined, inside]) {
          const address = `${path}?next=${encodeURIComponent(next)}`;
          const { body, location } = await ask(server, { path: address, from: 215, cookie });
          out += waysOut(body, server.url + path) + Number(leadsOut(location, server.url + path));
          tried += 1;
        }
      const { location } = await post(server, '/account/terms', { next }, { from: 215, cookie: inside });
      out += Number(leadsOut(location, server.url));
      tried += 1;
    }
    figure('ways out to elsewhere', out, 'ways', 0, tried);

    await server.stop();
    await owner.destroy();
    return figures;
  } finally {
    await cluster.stop();
  }
}

const WATCHED = `--import=${pathToFileURL(join(import.meta.dirname, 'sign-in', 'loop-delay.ts')).href}`;

/** What is sent without an account. */
const FORMS = [
  { name: 'new password', path: '/account/forgot-password', fields: (email: string) => ({ email }) },
  {
    name: 'new account',
    path: '/account/register',
    fields: (email: string) => ({ email, name: 'A person' }),
  },
  {
    name: 'let in again',
    path: '/account/recover',
    fields: (email: string) => ({ email, newEmail: 'elsewhere@example.test', contact: 'By post, please' }),
  },
];

/** How late the event loop was since it was last asked. */
async function loopDelay(server: ServerProcess): Promise<{ p50: number; p99: number; most: number }> {
  const said = () => [...server.output().matchAll(/^event loop (.*)$/gm)].map(([, text]) => text!);
  const before = said().length;
  server.child.kill('SIGUSR2');
  while (said().length === before) await new Promise((resolve) => setTimeout(resolve, 20));
  return JSON.parse(said().at(-1)!) as { p50: number; p99: number; most: number };
}

/** The links in all letters to somebody. */
async function linksTo(owner: Db, addresses: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ body: string }>`
    SELECT body || ' ' || coalesce(letter::text, '') AS body FROM mail_message WHERE to_address = ANY (${addresses}) ORDER BY id`.execute(
    owner,
  );
  return rows.flatMap(({ body }) => body.match(/https?:[^\s"<>]+/g) ?? []);
}

/** Whether a browser that is sent there ends up at somebody else's. */
function leadsOut(address: string, from: string): boolean {
  if (address === '') return false;
  const there = URL.parse(address, from);
  return there === null || there.origin !== new URL(from).origin;
}

/** So many addresses in a page lead to where a `next` of the attacker's does. */
function waysOut(html: string, from: string): number {
  const addresses = [...html.matchAll(/\s(?:href|action|formaction|src|content)="([^"]*)"/g)].map(
    ([, text]) => text!.replaceAll('&amp;', '&').replaceAll('&quot;', '"'),
  );
  return addresses.filter(
    (one) => /evil\.example|^(?:javascript|data):(?!image)/i.test(one) && leadsOut(one, from),
  ).length;
}

/** Addresses of one length, so that an answer which shows what was typed is as long for each. */
function person(nth: number): string {
  return `person.${String(nth).padStart(6, '0')}@example.test`;
}

async function people(owner: Db): Promise<void> {
  const hash = await hashPassword(PASSWORD);
  await sql`
    INSERT INTO account (email, display_name, password_hash, email_verified_at)
    SELECT 'person.' || lpad(n::text, 6, '0') || '@example.test', 'A person', ${hash}, app_now() FROM generate_series(0, ${GUESSES}::int) n`.execute(
    owner,
  );
}

/** From an address of its own on this machine, as a form of our own page is sent. */
function signIn(
  server: ServerProcess,
  about: { email: string; password: string; from: number; next?: string; cookie?: string },
): Promise<Answer> {
  const { email, password, from, next = '', cookie } = about;
  return post(server, '/account/sign-in', { email, password, next }, { from, cookie });
}

function post(
  server: ServerProcess,
  path: string,
  fields: Record<string, string>,
  { from, cookie, headers }: { from: number; cookie?: string | undefined; headers?: Record<string, string> },
): Promise<Answer> {
  return ask(server, { path, from, cookie, headers, body: new URLSearchParams(fields).toString() });
}

function ask(
  server: ServerProcess,
  about: {
    path: string;
    from: number;
    cookie?: string | undefined;
    headers?: Record<string, string> | undefined;
    body?: string;
  },
): Promise<Answer> {
  const { path, from, cookie, headers, body } = about;
  const { port } = new URL(server.url);
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: body === undefined ? 'GET' : 'POST',
        localAddress: `127.0.0.${from}`,
        agent: false,
        headers: {
          accept: 'text/html',
          host: `127.0.0.1:${port}`,
          ...(body !== undefined && {
            origin: server.url,
            'content-type': 'application/x-www-form-urlencoded',
          }),
          ...(cookie !== undefined && { cookie }),
          ...headers,
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            location: response.headers.location ?? '',
            cookies: response.headers['set-cookie'] ?? [],
            length: text.length,
            body: text,
            ms: performance.now() - began,
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

function cookieOf({ cookies }: Answer): string {
  return /^session=([^;]+)/.exec(cookies.find((line) => line.startsWith('session=')) ?? '')?.[1] ?? '';
}

/** Those that were not turned away before anybody looked at the password. */
function looked(answers: readonly Answer[]): number {
  return answers.filter(({ status }) => status !== 429 && status !== 503).length;
}

const round = (value: number) => Math.round(value * 100) / 100;

/** So many, a few at a time. */
async function inLanes(count: number, work: (nth: number) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const lane = async () => {
    while (next < count) answers.push(await work(next++));
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  return answers;
}
