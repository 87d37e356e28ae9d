import { request } from 'node:http';
import { sql } from 'kysely';
import { hashPassword } from '#lib/server/domain/accounts/passwords.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { ensureBuilt } from '../../src/bin/build.ts';
import { median, type Figure } from '../bin/figures.ts';
import { passTime } from '../builders/act.ts';
import { startCluster } from '../harness/cluster.ts';
import { startServerProcess, type ServerProcess } from '../harness/processes.ts';

/*
 * What is tried at the door: guesses on one account and on many, telling by the answer or its time who has an account, a stolen
 * table of sessions, a session laid ready, a reset link used many times, a foreign host in a link, and a way out to elsewhere.
 */

const SEED = 1;
const GUESSES = 1_000;
const TRIES = 200;
const PARALLEL_RESETS = 100;
const PASSWORD = 'three words and a half';
/** What may be looked at before the counters refuse. */
const MOST_FROM_ADDRESS = 100;
const MOST_ON_ACCOUNT = 100;
const MOST_APART = 0.1;

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
    let server = await startServerProcess(urls);
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
    server = await startServerProcess(urls);
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

    // Eight at once: does anybody else wait for them?
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

    // One reset link, a hundred times at once; and a foreign host in the request for it.
    const victim = person(402);
    await post(server, '/account/forgot-password', { email: victim }, { from: 212, host: 'evil.example' });
    const { rows: letters } = await sql<{ body: string }>`
      SELECT body FROM mail_message WHERE to_address = ${victim} ORDER BY id`.execute(owner);
    const links = letters.flatMap(({ body }) => body.match(/https?:\S+/g) ?? []);
    const foreign = links.filter((link) => !link.startsWith(`${server.url}/`)).length;
    figure('links to a foreign host', foreign, 'links', 0, links.length, links.length === 1 && foreign === 0);
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
      if (!location.startsWith('/') || new URL(location, server.url).origin !== server.url) out += 1;
    }
    figure('ways out to elsewhere', out, 'ways', 0, ELSEWHERE.length);

    await server.stop();
    await owner.destroy();
    return figures;
  } finally {
    await cluster.stop();
  }
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
  { from, cookie, host }: { from: number; cookie?: string | undefined; host?: string },
): Promise<Answer> {
  return ask(server, { path, from, cookie, host, body: new URLSearchParams(fields).toString() });
}

function ask(
  server: ServerProcess,
  about: {
    path: string;
    from: number;
    cookie?: string | undefined;
    host?: string | undefined;
    body?: string;
  },
): Promise<Answer> {
  const { path, from, cookie, host, body } = about;
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
          host: host ?? `127.0.0.1:${port}`,
          ...(body !== undefined && {
            origin: server.url,
            'content-type': 'application/x-www-form-urlencoded',
          }),
          ...(cookie !== undefined && { cookie }),
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
