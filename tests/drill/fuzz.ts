import { Agent, request } from 'node:http';
import fc from 'fast-check';
import pg from 'pg';
import { ensureBuilt, projectFolder } from '../../src/bin/build.ts';
import type { Figure } from '../bin/figures.ts';
import { startCluster } from '../harness/cluster.ts';
import { startServerProcess, type ServerProcess } from '../harness/processes.ts';
import { setStage, type Stage } from '../http/authorisation-stage.ts';
import { roles } from '../http/authorisation.ts';
import { brokenRequests, sendRaw } from './fuzz/broken-http.ts';
import { JSON_SHAPES, placesOf, shaped, SHAPES, withChanges, type Case, type Change } from './fuzz/cases.ts';
import { cookieOf, FAMILIES, openPages, targetsOf, type Family, type Target } from './fuzz/targets.ts';
import { anyJson, anything, CRAFTED, CRAFTED_JSON } from './fuzz/values.ts';

/*
 * Bad input to every page, form and endpoint, in every place that something can be put: made up by hand, and drawn by lot from
 * a seed. Nothing may break, nobody may learn what is behind a page or about somebody else, and the server goes on.
 *
 * `npm run drill -- fuzz SEED` draws otherwise; `npm run drill -- fuzz SEED FAMILY NTH` sends one of them alone.
 */

const [seed = '14', onlyFamily, onlyNth] = process.argv.slice(3);
const SEED = Number(seed);
const CRAFTED_EACH = 700;
const GENERATED_EACH = 5_000;
const AT_ONCE = 4;
const LONGEST_MS = 20_000;
/** After so many, everybody is signed in anew and the counters of tries are emptied. */
const ROUND = 150;
/** Stands in everything of the other patient. */
const MARK = 'Zqxvwortleberry';

/** What only our insides say. */
const INSIDES: readonly RegExp[] = [
  /\n\s+at .*(?:\.js|\.ts|node:)/,
  /node_modules|node:internal|\.svelte-kit/,
  /\.(?:ts|js|svelte):\d+:\d+/,
  /violates (?:check|foreign key|unique|not-null|exclusion)|duplicate key value|row-level security/i,
  /syntax error at or near|invalid input syntax for|out of range for type|does not exist at character/i,
  /relation "\w+" does not exist|column "\w+" |permission denied for/i,
  /steadyhand_(?:app|worker|owner)|ECONNREFUSED|TypeError|ReferenceError|RangeError|SyntaxError:/,
];

interface Answer {
  status: number;
  retryAfter: boolean;
  body: string;
}

/** Runs the drill on `npm run drill -- fuzz`. */
export async function run(): Promise<Figure[]> {
  await ensureBuilt(console.error);
  const cluster = await startCluster();
  try {
    const { urls, superuserUrl } = await cluster.create('demo');
    const owner = new pg.Client({ connectionString: urls.owner });
    await owner.connect();
    const stage = await setStage(owner);
    await mark(superuserUrl, stage);
    const server = await startServerProcess(urls);
    const targets = targetsOf(await openPages(server.url, stage), stage);
    const figures: Figure[] = [];
    for (const family of FAMILIES.filter((one) => onlyFamily === undefined || one === onlyFamily))
      figures.push(...(await tryFamily(family, targets, server, stage, owner)));
    if (onlyFamily === undefined) figures.push(await tryBrokenHttp(server));
    await server.stop();
    await owner.end();
    return figures;
  } finally {
    await cluster.stop();
  }
}

/** Everything of the other patient bears a mark, past every guard. */
async function mark(superuserUrl: string, stage: Stage): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  await client.query(`SET session_replication_role = replica`);
  const account = stage.accounts.otherPatient;
  await client.query(`UPDATE account SET display_name = $2, email = $2 || '@example.test' WHERE id = $1`, [
    account,
    MARK,
  ]);
  await client.query(`UPDATE patient SET given_name = $2, family_name = $2 WHERE account_id = $1`, [
    account,
    MARK,
  ]);
  await client.query(
    `UPDATE appointment SET patient_note = $2 WHERE patient_id IN (SELECT id FROM patient WHERE account_id = $1)`,
    [account, MARK],
  );
  await client.end();
}

async function tryFamily(
  family: Family,
  all: readonly Target[],
  server: ServerProcess,
  stage: Stage,
  owner: pg.Client,
): Promise<Figure[]> {
  const targets = all.filter((target) => target.family === family);
  const began = performance.now();
  const cases = [...craftedFor(targets), ...generatedFor(targets)];
  const wrong = { broken: 0, telling: 0, others: 0, hung: 0 };
  const busy: number[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let next = 0;
  const one = async (nth: number) => {
    const tried = cases[nth]!();
    const answer = await send(server, agent, stage, tried);
    const say = (what: string) =>
      console.error(
        `${what}: npm run drill -- fuzz ${SEED} ${family} ${nth}\n  ${shown(tried)}\n  ${answer?.status} ${answer?.body.slice(0, 300)}`,
      );
    if (answer === null) {
      wrong.hung += 1;
      return say('no answer');
    }
    if (answer.status === 503 && answer.retryAfter) busy.push(nth);
    else if (answer.status >= 500) {
      wrong.broken += 1;
      say('broken');
    }
    if (INSIDES.some((pattern) => pattern.test(answer.body)) || answer.body.includes(projectFolder)) {
      wrong.telling += 1;
      say('tells of our insides');
    }
    if (family !== 'staff' && answer.body.includes(MARK)) {
      wrong.others += 1;
      say('tells of somebody else');
    }
  };
  if (onlyNth !== undefined) await one(Number(onlyNth));
  else
    while (next < cases.length) {
      const until = Math.min(cases.length, next + ROUND);
      const lane = async () => {
        while (next < until) await one(next++);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
      await anew(stage, owner);
    }
  agent.destroy();
  const seconds = (performance.now() - began) / 1000;
  const alive = await fetch(new URL('/healthz', server.url)).then(
    ({ status }) => status === 200,
    () => false,
  );
  console.error(
    `${family}: ${cases.length} requests to ${targets.length} targets in ${seconds.toFixed(1)} s`,
  );
  if (wrong.broken > 0) console.error(server.output().slice(-6_000));

  const n = onlyNth === undefined ? cases.length : 1;
  const none = (name: string, value: number): Figure => ({
    name: `${family}: ${name}`,
    value,
    unit: '',
    bar: 0,
    ok: value === 0,
    seed: SEED,
    n,
  });
  const crafted = cases.length - GENERATED_EACH;
  return [
    {
      name: `${family}: made up by hand`,
      value: crafted,
      unit: 'requests',
      bar: 500,
      ok: crafted >= 500,
      seed: SEED,
      n,
    },
    {
      name: `${family}: drawn by lot`,
      value: GENERATED_EACH,
      unit: 'requests',
      bar: 5_000,
      ok: true,
      seed: SEED,
      n,
    },
    none('server errors', wrong.broken),
    none('without an answer', wrong.hung),
    none('answers that tell of our insides', wrong.telling),
    ...(family === 'staff' ? [] : [none('answers that tell of somebody else', wrong.others)]),
    none('server gone afterwards', Number(!alive || server.child.exitCode !== null)),
    {
      name: `${family}: told to come back soon`,
      value: busy.length,
      unit: 'answers',
      bar: null,
      ok: true,
      seed: SEED,
      n,
    },
  ];
}

/** Every value in turn in every place in turn, and every shape of body for every form. */
function craftedFor(targets: readonly Target[]): (() => Case)[] {
  const places = targets.flatMap((target) => placesOf(target).map((place) => ({ target, place })));
  const bodies = targets.filter(({ method }) => method !== 'GET');
  const each = Math.max(CRAFTED_EACH, places.length);
  const values = Array.from({ length: each }, (_, nth) => () => {
    const { target, place } = places[nth % places.length]!;
    const isJson = place.in === 'json';
    const corpus = isJson ? [...CRAFTED_JSON, ...CRAFTED.map((text) => JSON.stringify(text))] : CRAFTED;
    // A step that shares no factor with the length, so that every place meets other values than its neighbour.
    const value = corpus[(nth * 37 + Math.floor(nth / places.length)) % corpus.length]!;
    return withChanges(target, [{ place, value }], nth % 5 === 0);
  });
  const shapes = bodies.flatMap((target, index) => {
    const known = target.json === null ? SHAPES : JSON_SHAPES;
    // All of them for an endpoint, and a turn of them for each of many forms.
    const some = target.json === null ? known.filter((_, nth) => (nth + index) % 4 === 0) : known;
    return some.map((shape, nth) => () => shaped(target, shape, nth % 5 === 0));
  });
  return [...values, ...shapes];
}

/** One to three places of one target at once, with whatever comes. */
function generatedFor(targets: readonly Target[]): (() => Case)[] {
  const drawn = fc.tuple(
    fc.nat(),
    fc.array(fc.record({ at: fc.nat(), text: anything, json: anyJson }), { minLength: 1, maxLength: 3 }),
    fc.nat(9),
  );
  return fc.sample(drawn, { seed: SEED, numRuns: GENERATED_EACH }).map(([which, changes, whole]) => () => {
    const target = targets[which % targets.length]!;
    const places = placesOf(target);
    const chosen = changes.map(({ at, text, json }): Change => {
      const place = places[at % places.length]!;
      return { place, value: place.in === 'json' ? json : text };
    });
    return withChanges(target, chosen, whole === 0);
  });
}

async function anew(stage: Stage, owner: pg.Client): Promise<void> {
  await owner.query(`DELETE FROM rate_limit`);
  for (const role of roles) (stage.cookies as Record<string, string | null>)[role] = await stage.signIn(role);
}

/** Sends one as it is. Null when no answer came in time. */
function send(server: ServerProcess, agent: Agent, stage: Stage, tried: Case): Promise<Answer | null> {
  const { url } = server;
  const { method, path, headers, body, role } = tried;
  const cookies = [cookieOf(stage, role).cookie, headers.cookie].filter((cookie) => cookie !== undefined);
  return new Promise((resolve) => {
    const sent = request(
      url + path,
      {
        agent,
        method,
        timeout: LONGEST_MS,
        headers: {
          origin: url,
          ...headers,
          ...(cookies.length > 0 && { cookie: cookies.join('; ') }),
          ...(body !== null && { 'content-length': body.length }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', () => resolve(null));
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            retryAfter: response.headers['retry-after'] !== undefined,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    sent.on('timeout', () => sent.destroy());
    // What is too long is turned away before all of it was sent, and then the line is closed.
    const isLong =
      path.length + Object.values(headers).join().length > 14_000 || (body?.length ?? 0) > 500_000;
    sent.on('error', () => {
      if (isLong) resolve({ status: 431, retryAfter: false, body: '' });
      // The server had closed the line before it heard of this: on a line of its own it is asked once more.
      else if (sent.reusedSocket) resolve(send(server, new Agent(), stage, tried));
      else resolve(null);
    });
    sent.end(body ?? undefined);
  });
}

const shown = ({ route, role, method, path, headers, body }: Case) =>
  JSON.stringify({ route, role, method, path, headers, body: body?.toString('utf8') }).slice(0, 2_000);

async function tryBrokenHttp(server: ServerProcess): Promise<Figure> {
  const { host, port } = new URL(server.url);
  const requests = brokenRequests(host);
  let value = 0;
  for (const bytes of requests) {
    const answer = await sendRaw(Number(port), bytes);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer ?? '')?.[1] ?? 0);
    // Node itself says 505 or 501 to what is no HTTP/1.1; anything else of that kind is ours.
    const isFine = answer !== null && (status < 500 || status === 501 || status === 505);
    const tells = answer !== null && INSIDES.some((pattern) => pattern.test(answer));
    if (isFine && !tells) continue;
    value += 1;
    console.error(`hardly HTTP: ${JSON.stringify(bytes.slice(0, 300))}\n  ${answer?.slice(0, 600)}`);
  }
  const isGone = server.child.exitCode !== null;
  return {
    name: 'hardly HTTP, and answered badly',
    value,
    unit: 'requests',
    bar: 0,
    ok: value === 0 && !isGone,
    seed: SEED,
    n: requests.length,
  };
}
