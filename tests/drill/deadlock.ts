import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { startSession } from '#lib/server/domain/accounts/sessions.ts';
import { freeSlots } from '#lib/server/domain/availability/reads.ts';
import { changePractitioner } from '#lib/server/domain/booking/change-practitioner.ts';
import { isRefusal } from '#lib/server/domain/shared/refusal.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { ensureBuilt } from '../../src/bin/build.ts';
import type { Figure } from '../bin/figures.ts';
import { patient, practitioner, staffMember, type Patient, type Practitioner } from '../builders/people.ts';
import { openDaily, place, practise, type Place } from '../builders/places.ts';
import { loadReference } from '../builders/reference.ts';
import { vet } from '../builders/vetting.ts';
import { book } from '../builders/visits.ts';
import { ask, type Answer } from '../harness/api.ts';
import { countLoose, countOverlaps } from '../harness/calendars.ts';
import { startCluster } from '../harness/cluster.ts';
import { startServerProcess } from '../harness/processes.ts';
import { randomFrom } from '../harness/random.ts';

/*
 * Two practitioners, and patients who go from one to the other while others come back at the same times: each takes
 * what the next is giving up, in opposite orders. Nobody may wait in a circle, be lost, or be left with two times.
 * Then one request is sent a hundred times at once: it is done once, and all hear the same.
 */

const CHANGES = 500;
const PAIRS = 10;
const CONNECTIONS = 20;
const SAME_REQUESTS = 100;
const SEED = 1;

interface Stage {
  owner: Db;
  db: Db;
  where: Place;
  here: Practitioner;
  there: Practitioner;
  starts: Temporal.Instant[];
}

/** Runs the changes through the command, and the repeated requests over HTTP against two server processes. */
export async function run(): Promise<Figure[]> {
  await ensureBuilt(console.error);
  const cluster = await startCluster();
  try {
    const { urls } = await cluster.create();
    const stage = await openStage(
      openDb(openPool(urls.owner, { max: 2, onError: () => {} })),
      openDb(openPool(urls.app, { max: CONNECTIONS, onError: () => {} })),
    );
    const changes = await changeBackAndForth(stage);
    const servers = [await startServerProcess(urls), await startServerProcess(urls)];
    const repeated = await repeat(stage, (turn, request) => ask(servers[turn % servers.length]!, request));
    await Promise.all(servers.map((server) => server.stop()));
    const overlaps = await countOverlaps(stage.owner);
    const loose = await countLoose(stage.owner);
    const { rows } = await sql<{ deadlocks: number }>`
      SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`.execute(stage.owner);
    await stage.db.destroy();
    await stage.owner.destroy();

    const n = changes.done + changes.refused + changes.errors;
    const figure = (name: string, value: number, unit: string, bar: number | null, of = n): Figure => ({
      name,
      value,
      unit,
      bar,
      ok: bar === null || value === bar,
      seed: SEED,
      n: of,
    });
    return [
      figure('answers that are no refusal of ours', changes.errors, 'errors', 0),
      {
        ...figure('changes in opposite order done', changes.done, 'changes', null),
        bar: CHANGES,
        ok: changes.done >= CHANGES,
      },
      figure(
        'circles that PostgreSQL broke, and the command tried again',
        rows[0]!.deadlocks,
        'deadlocks',
        null,
      ),
      figure('refused, the time being taken still', changes.refused, 'changes', null),
      figure('patients without exactly one live appointment', changes.astray, 'patients', 0),
      figure('overlapping pairs of blocks', overlaps, 'pairs', 0),
      figure('appointments without a block, blocks without an appointment', loose, 'rows', 0),
      figure(
        'one hold, a hundred times: different answers',
        repeated.holdAnswers,
        'answers',
        1,
        SAME_REQUESTS,
      ),
      figure(
        'one booking, a hundred times: different answers',
        repeated.answers,
        'answers',
        1,
        SAME_REQUESTS,
      ),
      figure('appointments made', repeated.appointments, 'appointments', 1, SAME_REQUESTS),
      figure('events that tell of the booking', repeated.events, 'events', 1, SAME_REQUESTS),
      figure('answers that are not 201', repeated.others, 'answers', 0, 2 * SAME_REQUESTS),
    ];
  } finally {
    await cluster.stop();
  }
}

async function openStage(owner: Db, db: Db): Promise<Stage> {
  await loadReference(owner);
  const where = await place(owner);
  const reviewers = [await staffMember(owner), await staffMember(owner)] as const;
  const open = async () => {
    const doctor = await practitioner(owner, 'doctor');
    await practise(owner, doctor, where, { before: 0, after: 0 });
    await openDaily(owner, doctor, where);
    await vet(owner, doctor, reviewers);
    return doctor;
  };
  const [here, there] = [await open(), await open()];
  const offered = await freeSlots(owner, { practitionerIds: [here.id] });
  const apart = offered.filter((_, index) => index % 4 === 0).slice(20);
  return { owner, db, where, here, there, starts: apart.map(({ start }) => start) };
}

interface Visit {
  appointmentId: string;
  patient: Patient;
  start: Temporal.Instant;
  with: Practitioner;
}

/**
 * Both practitioners have a visit at each of ten times, and the half hour after it free. All twenty patients change to
 * the other practitioner at once, round after round, at one of these times: half of them are taken, or being given up.
 */
async function changeBackAndForth(stage: Stage) {
  const { owner, db, where, here, there } = stage;
  const random = randomFrom(SEED);
  const hours = stage.starts.splice(0, PAIRS);
  const starts = hours.flatMap((start) => [start, start.add({ minutes: 30 })]);
  let visits: Visit[] = [];
  for (const start of hours) {
    for (const who of [here, there]) {
      const person = await patient(owner);
      const { id } = await book(owner, { kind: 'consultation', patient: person, who, where, at: start });
      visits.push({ appointmentId: id, patient: person, start, with: who });
    }
  }

  const count = { done: 0, refused: 0, errors: 0, astray: 0 };
  const change = async (visit: Visit): Promise<Visit> => {
    const other = visit.with === here ? there : here;
    const start = starts[Math.floor(random() * starts.length)]!;
    try {
      const { id } = await changePractitioner(
        db,
        { kind: 'account', accountId: visit.patient.accountId },
        {
          appointmentId: visit.appointmentId,
          practitionerId: other.id,
          locationId: where.locationId,
          start,
          requestKey: randomUUID(),
        },
      );
      count.done++;
      return { ...visit, appointmentId: id, start, with: other };
    } catch (error) {
      if (isRefusal(error) && error.code !== 'unavailable') {
        count.refused++;
        return visit;
      }
      console.error(error);
      count.errors++;
      return visit;
    }
  };
  while (count.done < CHANGES && count.errors < CHANGES) {
    // Those of one practitioner forwards and of the other backwards.
    const ofHere = visits.filter((visit) => visit.with === here);
    const ofThere = visits.filter((visit) => visit.with === there).reverse();
    visits = await Promise.all([...ofHere, ...ofThere].map(change));
  }

  const live = await owner
    .selectFrom('appointment')
    .where('live', '=', true)
    .select(['id', 'patient_id', 'practitioner_id', 'during'])
    .execute();
  count.astray = visits.filter(({ appointmentId, patient: { id }, start, with: who }) => {
    const theirs = live.filter(({ patient_id }) => patient_id === id);
    const [one] = theirs;
    const isRight =
      one?.id === appointmentId && one.practitioner_id === who.id && one.during.start!.equals(start);
    return theirs.length !== 1 || !isRight;
  }).length;
  return count;
}

/** One hold and one confirmation, each sent a hundred times at once under one key. */
async function repeat(
  { owner, where, here, starts }: Stage,
  send: (turn: number, request: Parameters<typeof ask>[1]) => Promise<Answer | null>,
) {
  const person = await patient(owner);
  const session = `session=${await startSession(owner, person.accountId)}`;
  const all = (request: Parameters<typeof ask>[1]) =>
    Promise.all(Array.from({ length: SAME_REQUESTS }, (_, turn) => send(turn, { ...request, key })));

  let key = randomUUID();
  const body = { practitioner: here.slug, location: where.locationId, start: starts.at(-1)!.toString() };
  const holds = await all({ path: 'holds', cookies: [session], body });
  const hold = holds.find((answer) => answer?.status === 201);
  key = randomUUID();
  const cookies = [session, ...(hold?.cookies ?? [])];
  const bookings = await all({ path: `holds/${hold?.body.id}/confirmation`, cookies });

  const events = await owner
    .selectFrom('appointment')
    .leftJoin('event', (join) =>
      join.onRef('event.subject_id', '=', 'appointment.id').on('event.type', '=', 'appointment.confirmed'),
    )
    .where('patient_id', '=', person.id)
    .select(['appointment.id', 'event.id as eventId'])
    .execute();
  return {
    holdAnswers: new Set(holds.map((answer) => answer?.text)).size,
    answers: new Set(bookings.map((answer) => answer?.text)).size,
    others: [...holds, ...bookings].filter((answer) => answer?.status !== 201).length,
    appointments: new Set(events.map(({ id }) => id)).size,
    events: events.filter(({ eventId }) => eventId !== null).length,
  };
}
