import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { startSession } from '#lib/server/domain/accounts/sessions.ts';
import { freeSlots } from '#lib/server/domain/availability/reads.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { startWorker } from '#lib/server/worker.ts';
import type { DatabaseUrls } from '#db/embedded.ts';
import { ensureBuilt } from '../../src/bin/build.ts';
import type { Figure } from '../bin/figures.ts';
import { passTime } from '../builders/act.ts';
import { patient, practitioner, staffMember, type Practitioner } from '../builders/people.ts';
import { openDaily, place, practise, type Place } from '../builders/places.ts';
import { loadReference } from '../builders/reference.ts';
import { vet } from '../builders/vetting.ts';
import { ask, type Answer } from '../harness/api.ts';
import { countLoose, countOverlaps } from '../harness/calendars.ts';
import { startCluster } from '../harness/cluster.ts';
import { startServerProcess, type ServerProcess } from '../harness/processes.ts';
import { randomFrom } from '../harness/random.ts';
import { badHistories } from './history/bad.ts';
import { findIllegal, type Operation, type Step } from './history/checker.ts';

/*
 * Fifteen patients and their practitioner book, cancel, move and close days on twenty slots, over HTTP, while the two
 * server processes are killed and started again. Who gets no answer sends the request again under the same key, or
 * gives up and never learns what became of it. Afterwards what every client saw must have been possible.
 */

const PATIENTS = 15;
const DAYS = 4;
const SLOTS_A_DAY = 5;
const SECONDS = 60;
const KILLS = 50;
/** How often all holds run out: ten minutes pass in a moment, while nobody is asking. */
const LEAP_EVERY_MS = 15_000;
const SEED = 50;

interface Slot {
  day: number;
  start: Temporal.Instant;
  operations: Operation[];
}

interface Stage {
  owner: Db;
  urls: DatabaseUrls;
  doctor: Practitioner;
  doctorSession: string;
  where: Place;
  slots: Slot[];
  random: () => number;
  /** Those that run; the killer takes them out and puts new ones in. */
  servers: ServerProcess[];
  gate: Gate;
  told: { done: number; refused: number; unknown: number; errors: number; odd: string[] };
  /** Bookings that were acknowledged and that no client has touched since. */
  promised: Map<string, Slot>;
  /** Cancelled by closing a day, perhaps before their patient has read that they are booked. */
  ended: Set<string>;
}

/** Runs the clients for a minute, or until all kills are done. */
export async function run(): Promise<Figure[]> {
  await ensureBuilt(console.error);
  process.setMaxListeners(0);
  const cluster = await startCluster();
  try {
    const { urls } = await cluster.create();
    const stage = await openStage(urls);
    const worker = await startWorker({
      MODE: 'test',
      LOG_LEVEL: 'error',
      DATABASE_URL: urls.app,
      WORKER_DATABASE_URL: urls.worker,
    });
    const sessions = [];
    while (sessions.length < PATIENTS)
      sessions.push(await startSession(stage.owner, (await patient(stage.owner)).accountId));

    const running = { is: true };
    const startedAt = performance.now();
    const killing = killServers(stage);
    const others = [
      ...sessions.map((session) => bePatient(stage, `session=${session}`, running)),
      closeDays(stage, running),
      leap(stage, running),
    ];
    const kills = await killing;
    await wait(Math.max(0, SECONDS * 1000 - (performance.now() - startedAt)));
    running.is = false;
    await Promise.all(others);
    const seconds = (performance.now() - startedAt) / 1000;
    await quiet(stage);
    await seeWhatIsThere(stage);
    const lost = await countLost(stage);
    const overlaps = await countOverlaps(stage.owner);
    const loose = await countLoose(stage.owner);
    const stale = await countStaleHolds(stage.owner);
    await worker.stop();
    await Promise.all(stage.servers.map((server) => server.stop()));
    await stage.owner.destroy();
    return figuresOf(stage, { kills, seconds, lost, overlaps, loose, stale });
  } finally {
    await cluster.stop();
  }
}

async function openStage(urls: DatabaseUrls): Promise<Stage> {
  const owner = openDb(openPool(urls.owner, { max: 4, onError: () => {} }));
  await loadReference(owner);
  const where = await place(owner);
  const doctor = await practitioner(owner, 'doctor');
  await practise(owner, doctor, where, { before: 0, after: 0 });
  await openDaily(owner, doctor, where);
  await vet(owner, doctor, [await staffMember(owner), await staffMember(owner)]);
  const offered = await freeSlots(owner, { practitionerIds: [doctor.id] });
  const byDay = Map.groupBy(offered, ({ start }) => start.toString().slice(0, 10));
  // Far enough off that a patient may still move; half an hour apart.
  const slots = [...byDay.values()].slice(5, 5 + DAYS).flatMap((ofDay, day) =>
    ofDay
      .filter((_, index) => index % 2 === 0)
      .slice(0, SLOTS_A_DAY)
      .map(({ start }): Slot => ({ day, start, operations: [] })),
  );
  return {
    owner,
    urls,
    doctor,
    doctorSession: `session=${await startSession(owner, doctor.accountId)}`,
    where,
    slots,
    random: randomFrom(SEED),
    servers: [await startServerProcess(urls), await startServerProcess(urls)],
    gate: openGate(),
    told: { done: 0, refused: 0, unknown: 0, errors: 0, odd: [] },
    promised: new Map(),
    ended: new Set(),
  };
}

async function killServers(stage: Stage): Promise<number> {
  for (let kill = 0; kill < KILLS; kill++) {
    const [victim] = stage.servers.splice(0, 1);
    victim!.child.kill('SIGKILL');
    stage.servers.push(await startServerProcess(stage.urls));
  }
  return KILLS;
}

/** What a client asked, and when it knew. */
interface Sent {
  answer: Answer | null;
  invoked: number;
  returned: number;
}

/** Sends until an answer comes, always under one key; one in four gives up after the first try. */
async function send(
  stage: Stage,
  request: Parameters<typeof ask>[1],
  { patience = stage.random() < 0.75 ? 50 : 1 } = {},
): Promise<Sent> {
  const invoked = performance.now();
  const key = randomUUID();
  for (let attempt = 0; attempt < patience; attempt++) {
    const server = stage.servers[Math.floor(stage.random() * stage.servers.length)]!;
    const answer = await ask(server, { ...request, key });
    if (answer !== null && answer.status < 500) {
      if (answer.status < 300) stage.told.done++;
      else stage.told.refused++;
      return { answer, invoked, returned: performance.now() };
    }
    if (answer !== null && answer.status !== 503) stage.told.errors++;
    await wait(20);
  }
  stage.told.unknown++;
  return { answer: null, invoked, returned: Infinity };
}

/** Writes down what an answer says of a slot. Without one it may happen until all are quiet. */
function note({ operations }: Slot, { answer, invoked, returned }: Sent, step: Step): void {
  operations.push({ step, invoked, returned, unknown: answer === null });
}

interface Visit {
  id: string;
  slot: Slot;
  isBooked: boolean;
  cookies: string[];
}

/** One patient with one visit at most: takes a time, books it, moves it, gives it up. */
async function bePatient(stage: Stage, session: string, running: { is: boolean }): Promise<void> {
  let visit: Visit | null = null;
  while (running.is) {
    await stage.gate.enter();
    try {
      if (visit === null) visit = await hold(stage, session);
      else if (!visit.isBooked && stage.random() < 0.85) visit = await confirm(stage, visit);
      else if (visit.isBooked && stage.random() < 0.6) visit = await move(stage, visit);
      else visit = await cancel(stage, visit);
    } finally {
      stage.gate.leave();
    }
  }
}

let strangers = 0;

async function hold(stage: Stage, session: string): Promise<Visit | null> {
  const slot = any(stage);
  const sent = await send(stage, {
    path: 'holds',
    cookies: [session],
    body: { practitioner: stage.doctor.slug, location: stage.where.locationId, start: slot.start.toString() },
  });
  const { answer } = sent;
  if (answer === null) note(slot, sent, { do: 'hold', visit: `?${strangers++}` });
  else if (answer.status === 201) {
    const id = answer.body.id!;
    note(slot, sent, { do: 'hold', visit: id });
    return { id, slot, isBooked: false, cookies: [session, ...answer.cookies] };
  } else refused(stage, slot, sent);
  return null;
}

async function confirm(stage: Stage, visit: Visit): Promise<Visit | null> {
  const { id, slot, cookies } = visit;
  const sent = await send(stage, { path: `holds/${id}/confirmation`, cookies });
  const { answer } = sent;
  if (answer !== null && answer.status !== 201) return refused(stage, slot, sent, id);
  note(slot, sent, { do: 'confirm', visit: id });
  if (answer === null) return null;
  stage.promised.set(id, slot);
  return { ...visit, isBooked: true };
}

async function cancel(stage: Stage, { id, slot, cookies, isBooked }: Visit): Promise<null> {
  stage.promised.delete(id);
  const sent = await send(stage, { path: `appointments/${id}/cancellation`, cookies });
  if (sent.answer !== null && sent.answer.status !== 201) return refused(stage, slot, sent, id);
  note(slot, sent, { do: isBooked ? 'leave' : 'let go', visit: id });
  return null;
}

async function move(stage: Stage, visit: Visit): Promise<Visit | null> {
  const { id, slot, cookies } = visit;
  const target = any(stage);
  if (target === slot) return visit;
  stage.promised.delete(id);
  const body = { start: target.start.toString() };
  const sent = await send(stage, { method: 'PUT', path: `appointments/${id}/time`, cookies, body });
  const { answer } = sent;
  if (answer !== null && answer.status !== 200) {
    const isGone = answer.body.code === 'not_now';
    refused(stage, isGone ? slot : target, sent, id);
    if (isGone) return null;
    stage.promised.set(id, slot);
    return visit;
  }
  note(slot, sent, { do: 'leave', visit: id });
  note(target, sent, { do: 'arrive', visit: id });
  if (answer === null) return null;
  stage.promised.set(id, target);
  return { ...visit, slot: target };
}

/** What a refusal says of the slot. Those about the person say nothing of it. */
function refused(stage: Stage, slot: Slot, sent: Sent, visit = ''): null {
  const code = sent.answer?.body.code ?? '';
  if (code === 'slot_taken') note(slot, sent, { do: 'taken' });
  else if (code === 'slot_not_offered') note(slot, sent, { do: 'shut' });
  else if (code === 'hold_ended' || code === 'not_now') {
    note(slot, sent, { do: 'gone', visit });
    stage.promised.delete(visit);
  } else if (!['too_many_holds', 'patient_busy'].includes(code)) stage.told.odd.push(code);
  return null;
}

/** Closes one day after the other over whatever is booked there, and opens it again after a while. */
async function closeDays(stage: Stage, running: { is: boolean }): Promise<void> {
  const cookies = [stage.doctorSession];
  for (let day = 0; running.is; day = (day + 1) % DAYS) {
    const slots = stage.slots.filter((slot) => slot.day === day);
    await stage.gate.enter();
    const ended = await confirmedIn(stage, slots);
    const decisions = ended.map((appointment) => ({ appointment, do: 'cancel' }));
    const body = {
      from: slots[0]!.start.toString(),
      to: slots.at(-1)!.start.add({ minutes: 30 }).toString(),
      kind: 'illness',
      decisions,
    };
    // Who closes a day does not go home before it is known to be closed.
    const closed = await send(stage, { path: 'closures', cookies, body }, { patience: 1_000 });
    if (closed.answer?.status === 201) {
      for (const slot of slots) note(slot, closed, { do: 'close', ended });
      for (const id of ended) stage.ended.add(id);
    } else if (closed.answer?.body.code !== 'review_changed')
      stage.told.odd.push(closed.answer?.body.code ?? '');
    stage.gate.leave();
    await wait(500);
    if (closed.answer?.status !== 201) continue;
    await stage.gate.enter();
    const path = `closures/${closed.answer.body.id}`;
    // Asked for again it is no longer there, and so it is open.
    const opened = await send(stage, { method: 'DELETE', path, cookies }, { patience: 1_000 });
    for (const slot of slots) note(slot, opened, { do: 'open' });
    stage.gate.leave();
    await wait(1_000);
  }
}

async function confirmedIn({ owner, doctor }: Stage, slots: Slot[]): Promise<string[]> {
  const rows = await owner
    .selectFrom('appointment')
    .where('practitioner_id', '=', doctor.id)
    .where('state', '=', 'confirmed')
    .select(['id', 'during'])
    .execute();
  const starts = new Set(slots.map(({ start }) => start.toString()));
  return rows.filter(({ during }) => starts.has(during.start!.toString())).map(({ id }) => id);
}

/** Lets all holds run out at once, now and then. */
async function leap(stage: Stage, running: { is: boolean }): Promise<void> {
  while (running.is) {
    for (let waited = 0; running.is && waited < LEAP_EVERY_MS; waited += 250) await wait(250);
    await stage.gate.close();
    await quiet(stage);
    await passAllHolds(stage);
    stage.gate.open();
  }
}

async function passAllHolds(stage: Stage): Promise<void> {
  const invoked = performance.now();
  await passTime(stage.owner, { minutes: 10, seconds: 1 });
  const returned = performance.now();
  for (const { operations } of stage.slots) operations.push({ step: { do: 'expire' }, invoked, returned });
}

/** Nobody is asking. What killed processes had under way ends too, so what is unknown has happened by now or never will. */
async function quiet({ slots }: Stage): Promise<void> {
  await wait(500);
  const returned = performance.now();
  for (const operation of slots.flatMap(({ operations }) => operations)) {
    if (operation.returned === Infinity) operation.returned = returned;
  }
}

/** What the database says in the end, as one more thing that everybody sees. */
async function seeWhatIsThere(stage: Stage): Promise<void> {
  const live = await stage.owner
    .selectFrom('appointment')
    .where('practitioner_id', '=', stage.doctor.id)
    .where('live', '=', true)
    .where((eb) =>
      eb.or([
        eb('hold_expires_at', 'is', null),
        eb('hold_expires_at', '>', sql<Temporal.Instant>`app_now()`),
      ]),
    )
    .select(['id', 'state', 'during'])
    .execute();
  const invoked = performance.now();
  for (const { operations, start } of stage.slots) {
    const there = live.find(({ during }) => during.start!.equals(start));
    const known = operations.some(({ step }) => 'visit' in step && step.visit === there?.id);
    const who = there === undefined ? '' : known ? there.id : '?';
    const state =
      there === undefined ? 'free' : `${there.state === 'confirmed' ? 'booked' : there.state} ${who}`;
    operations.push({ step: { do: 'see', state }, invoked, returned: invoked + 1 });
  }
}

/** Acknowledged bookings that are no longer what they were promised to be. */
async function countLost({ owner, promised, ended }: Stage): Promise<number> {
  const rows = await owner
    .selectFrom('appointment')
    .where('state', '=', 'confirmed')
    .select(['id', 'during'])
    .execute();
  const starts = new Map(rows.map(({ id, during }) => [id, during.start!.toString()]));
  const kept = [...promised].filter(([id]) => !ended.has(id));
  return kept.filter(([id, { start }]) => starts.get(id) !== start.toString()).length;
}

/** Holds that are still kept a minute after all of them have run out; the worker tidies once a minute. */
async function countStaleHolds(owner: Db): Promise<number> {
  await passTime(owner, { minutes: 10, seconds: 1 });
  const count = async () => {
    const { holds } = await owner
      .selectFrom('appointment')
      .where('state', '=', 'held')
      .select((eb) => eb.fn.countAll<number>().as('holds'))
      .executeTakeFirstOrThrow();
    return holds;
  };
  for (let second = 0; second < 60 && (await count()) > 0; second++) await wait(1_000);
  return count();
}

function any({ slots, random }: Stage): Slot {
  return slots[Math.floor(random() * slots.length)]!;
}

interface Gate {
  enter(): Promise<void>;
  leave(): void;
  /** Lets nobody in, and waits until all have left. */
  close(): Promise<void>;
  open(): void;
}

function openGate(): Gate {
  let inside = 0;
  let opening: { promise: Promise<void>; resolve: () => void } | null = null;
  return {
    enter: async () => {
      while (opening !== null) await opening.promise;
      inside++;
    },
    leave: () => {
      inside--;
    },
    close: async () => {
      opening = Promise.withResolvers();
      while (inside > 0) await wait(10);
    },
    open: () => {
      opening?.resolve();
      opening = null;
    },
  };
}

interface Measured {
  kills: number;
  seconds: number;
  lost: number;
  overlaps: number;
  loose: number;
  stale: number;
}

function figuresOf({ slots, told, random }: Stage, measured: Measured): Figure[] {
  const histories = slots.map(({ operations }) => operations);
  const illegal = histories.filter((history) => {
    const culprit = findIllegal(history);
    if (culprit !== null) console.error('No order explains', culprit, around(history, culprit));
    return culprit !== null;
  });
  const rejected = badHistories(histories, random).filter(
    ({ operations }) => findIllegal(operations) !== null,
  );
  if (told.odd.length > 0) console.error('Refused otherwise:', Object.fromEntries(countBy(told.odd)));
  const n = told.done + told.refused + told.unknown;
  const figure = (name: string, value: number, unit: string, bar: number | null, of = n): Figure => {
    const rounded = Math.round(value);
    return { name, value: rounded, unit, bar, ok: bar === null || rounded === bar, seed: SEED, n: of };
  };
  return [
    figure('requests done', told.done, 'answers', null),
    figure('requests refused', told.refused, 'answers', null),
    figure('requests given up without an answer', told.unknown, 'requests', null),
    figure('refused for a reason that nobody expected', told.odd.length, 'answers', 0),
    figure('server errors', told.errors, 'answers', 0),
    figure('server processes killed', measured.kills, 'kills', KILLS, KILLS),
    figure('clients at work', measured.seconds, 's', null, PATIENTS + 1),
    figure('slots whose history has no legal order', illegal.length, 'slots', 0, slots.length),
    figure('acknowledged bookings lost', measured.lost, 'bookings', 0),
    figure('overlapping pairs of blocks', measured.overlaps, 'pairs', 0),
    figure('appointments without a block, blocks without an appointment', measured.loose, 'rows', 0),
    figure('holds kept a minute after their life', measured.stale, 'holds', 0),
    figure('bad histories rejected', rejected.length, 'of ten', 10, 10),
  ];
}

/** The operations at that time, for a person to read. */
function around(history: Operation[], { invoked, returned }: Operation): Operation[] {
  return history
    .filter((other) => other.returned > invoked - 1_000 && other.invoked < returned)
    .sort((a, b) => a.invoked - b.invoked);
}

function countBy(words: string[]): Map<string, number> {
  return new Map([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]));
}
