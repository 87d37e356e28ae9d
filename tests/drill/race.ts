import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { sql } from 'kysely';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { ensureBuilt } from '../../src/bin/build.ts';
import { median, type Figure } from '../bin/figures.ts';
import { later } from '../builders/act.ts';
import { practitioner, staffMember, type Practitioner } from '../builders/people.ts';
import { place, practise, type Place } from '../builders/places.ts';
import { loadReference } from '../builders/reference.ts';
import { vet } from '../builders/vetting.ts';
import { countOverlaps } from '../harness/calendars.ts';
import { startCluster, type Cluster } from '../harness/cluster.ts';
import { startServerProcess, type ServerProcess } from '../harness/processes.ts';

/*
 * A thousand visitors want one time, over two server processes. Exactly one gets it and 999 are told that it is taken;
 * any other answer is an error. In every second round their times overlap only in part, and several may win: as many
 * as fit beside each other, and nobody loses to no one. With the constraint gone the same run must go wrong.
 */

const VISITORS = 1_000;
const ROUNDS = 20;
const CONTROL_ROUNDS = 3;
const MINUTES = 30;
const STEP = 15;
const SEED = 1;

interface Stage {
  owner: Db;
  servers: ServerProcess[];
  where: Place;
  close(): Promise<void>;
}

interface Answer {
  status: number;
  code: string | undefined;
  start: Temporal.Instant;
  ms: number;
}

/** Runs the race, its control, and the measure against as many holds that do not collide. */
export async function run(): Promise<Figure[]> {
  await ensureBuilt(console.error);
  const cluster = await startCluster();
  try {
    const main = await openStage(cluster);
    const race = await runRounds(main, ROUNDS);
    const apart = await holdApart(main);
    const overlaps = await countOverlaps(main.owner);
    await main.close();

    const control = await openStage(cluster, { guarded: false });
    const unguarded = await runRounds(control, CONTROL_ROUNDS);
    const controlOverlaps = await countOverlaps(control.owner);
    await control.close();

    const wall = median(race.map(({ ms }) => ms));
    const waits = race.flatMap(({ answers }) => answers.map(({ ms }) => ms)).sort((a, b) => a - b);
    const n = ROUNDS * VISITORS;
    const figure = (
      name: string,
      value: number,
      unit: string,
      bar: number | null,
      ok: boolean,
      of = n,
    ): Figure => ({
      name,
      value: Math.round(value * 100) / 100,
      unit,
      bar,
      ok,
      seed: SEED,
      n: of,
    });
    const wrongRounds = race.filter((round) => !round.ok).length;
    const errors = race.reduce((sum, round) => sum + round.errors, 0);
    const winners = race.reduce((sum, round) => sum + round.winners, 0);
    return [
      figure(
        'rounds without exactly the lawful winners',
        wrongRounds,
        'rounds',
        0,
        wrongRounds === 0,
        ROUNDS,
      ),
      figure('answers that are neither 201 nor 409 slot_taken', errors, 'answers', 0, errors === 0),
      figure('winners', winners, 'holds', null, true),
      figure('overlapping pairs of blocks', overlaps, 'pairs', 0, overlaps === 0),
      figure('1,000 for one time, median of rounds', wall, 'ms', null, true),
      figure('1,000 for a time each', apart.ms, 'ms', null, apart.held === VISITORS, VISITORS),
      figure('holds among those', apart.held, 'holds', VISITORS, apart.held === VISITORS, VISITORS),
      figure('ratio of the two', wall / apart.ms, 'times', 3, wall / apart.ms <= 3),
      figure('answered within, 99 of 100', waits[Math.floor(waits.length * 0.99)] ?? 0, 'ms', null, true),
      figure(
        'control without the constraint: overlapping pairs',
        controlOverlaps,
        'pairs',
        null,
        controlOverlaps > 0 && unguarded.some((round) => !round.ok),
        CONTROL_ROUNDS * VISITORS,
      ),
    ];
  } finally {
    await cluster.stop();
  }
}

/** A database of its own with one clinic, and two server processes on it. */
async function openStage(cluster: Cluster, { guarded = true } = {}): Promise<Stage> {
  const { urls, superuserUrl } = await cluster.create();
  const owner = openDb(openPool(urls.owner, { max: 2, onError: () => {} }));
  await loadReference(owner);
  if (!guarded) {
    const superuser = openDb(openPool(superuserUrl, { max: 1, onError: () => {} }));
    await sql`ALTER TABLE block DROP CONSTRAINT block_no_overlap`.execute(superuser);
    await superuser.destroy();
  }
  const servers = [await startServerProcess(urls), await startServerProcess(urls)];
  return {
    owner,
    servers,
    where: await place(owner),
    close: async () => {
      await Promise.all(servers.map((server) => server.stop()));
      await owner.destroy();
    },
  };
}

/** A checked doctor who works day and night, without buffers. */
async function doctorOf({ owner, where }: Stage): Promise<Practitioner> {
  const doctor = await practitioner(owner, 'doctor');
  await practise(owner, doctor, where, { before: 0, after: 0 });
  await owner
    .insertInto('opening_hours')
    .values(
      [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
        practitioner_id: doctor.id,
        location_id: where.locationId,
        weekday,
        start_minute: 0,
        end_minute: 1440,
      })),
    )
    .execute();
  await vet(owner, doctor, [await staffMember(owner), await staffMember(owner)]);
  return doctor;
}

async function runRounds(stage: Stage, rounds: number) {
  const doctor = await doctorOf(stage);
  const results = [];
  for (let round = 0; round < rounds; round++) {
    const partly = round % 2 === 1;
    const first = await aStart(stage.owner, round + 2);
    const starts = Array.from({ length: VISITORS }, (_, visitor) =>
      first.add({ minutes: partly ? STEP * (visitor % 4) : 0 }),
    );
    const startedAt = performance.now();
    const answers = await askAll(stage, doctor, starts);
    const ms = performance.now() - startedAt;
    results.push({ ms, answers, ...judge(answers) });
  }
  return results;
}

/** As many holds as there were visitors, none in another's way. */
async function holdApart(stage: Stage) {
  const doctor = await doctorOf(stage);
  const first = await aStart(stage.owner, 2);
  const starts = Array.from({ length: VISITORS }, (_, visitor) => first.add({ minutes: MINUTES * visitor }));
  const startedAt = performance.now();
  const answers = await askAll(stage, doctor, starts);
  return { ms: performance.now() - startedAt, held: answers.filter(({ status }) => status === 201).length };
}

/** Noon in UTC, some days ahead. */
async function aStart(owner: Db, days: number): Promise<Temporal.Instant> {
  const day = (await later(owner, { days })).toZonedDateTimeISO('UTC').startOfDay();
  return day.add({ hours: 12 }).toInstant();
}

/** Winners must not overlap, and each loser must overlap a winner. */
function judge(answers: Answer[]) {
  const won = answers.filter(({ status }) => status === 201);
  const lost = answers.filter(({ status, code }) => status === 409 && code === 'slot_taken');
  const meet = (a: Answer, b: Answer) => Math.abs(a.start.since(b.start).total('minutes')) < MINUTES;
  const errors = answers.length - won.length - lost.length;
  const fitting = won.every((one) => won.every((other) => one === other || !meet(one, other)));
  const fair = lost.every((loser) => won.some((winner) => meet(loser, winner)));
  return { winners: won.length, errors, ok: errors === 0 && won.length > 0 && fitting && fair };
}

async function askAll(
  { servers, where }: Stage,
  doctor: Practitioner,
  starts: Temporal.Instant[],
): Promise<Answer[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 250 });
  const answers = await Promise.all(
    starts.map((start, visitor) => {
      const body = {
        practitioner: doctor.slug,
        location: where.locationId,
        start: start.toString(),
        dateOfBirth: '1984-03-27',
      };
      return ask(servers[visitor % servers.length]!.url, agent, body, start);
    }),
  );
  agent.destroy();
  return answers;
}

function ask(origin: string, agent: Agent, body: object, start: Temporal.Instant): Promise<Answer> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const answer = (status: number, code?: string) =>
      resolve({ status, code, start, ms: performance.now() - startedAt });
    const sent = request(
      `${origin}/api/v1/holds`,
      {
        method: 'POST',
        agent,
        headers: { origin, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => answer(response.statusCode ?? 0, codeIn(text)));
      },
    );
    sent.on('error', () => answer(0));
    sent.end(JSON.stringify(body));
  });
}

function codeIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { code?: string }).code;
  } catch {
    return undefined;
  }
}
