import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { confirmBooking } from '#lib/server/domain/booking/confirm-booking.ts';
import { holdSlot } from '#lib/server/domain/booking/hold-slot.ts';
import type { Actor } from '#lib/server/domain/shared/actor.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { openMail } from '#lib/server/platform/mail.ts';
import type { DatabaseUrls } from '#db/embedded.ts';
import { projectFolder } from '../../src/bin/build.ts';
import type { Figure } from '../bin/figures.ts';
import { openTimes, type OpenTime } from '../builders/open-times.ts';
import { patient } from '../builders/people.ts';
import { startCluster } from '../harness/cluster.ts';
import { openMailSink, type MailSink } from '../harness/mail-sink.ts';
import { randomFrom } from '../harness/random.ts';
import { corpus, tryOne } from '../platform/mail-injection/corpus.ts';

/*
 * A thousand people book while the worker is killed fifty times, at random, and the mail server is away for a minute. Each gets
 * a confirmation; hardly anybody gets two, and nobody more. Then texts that want to be headers, recipients and entries.
 */

const BOOKINGS = 1_000;
const KILLS = 50;
const AWAY_MS = 60_000;
const PRACTITIONERS = 4;
const SEED = 1;
/** A worker lives so long, from when it is ready. */
const LIVES_MS = { least: 200, most: 3_000 };
/** What failed while nobody listened is tried again later and later; after so long whatever has not left counts as lost. */
const PATIENCE_MS = 5 * 60_000;

/** Runs the drill on `npm run drill -- mail`: books, kills, takes the mail server away, and counts what arrived. */
export async function run(): Promise<Figure[]> {
  const cluster = await startCluster({ durable: true });
  const sink = await openMailSink();
  try {
    const { urls } = await cluster.create();
    const owner = openDb(openPool(urls.owner, { max: 2, onError: () => {} }));
    const db = openDb(openPool(urls.app, { max: 4, onError: () => {} }));
    const visits = await openTimes(owner, { practitioners: PRACTITIONERS, times: BOOKINGS });
    const began = performance.now();
    const [booked, kills] = await Promise.all([bookAll(db, owner, visits), killAgainAndAgain(urls, sink)]);
    // One more, which takes up what the killed ones had begun.
    const last = await startWorkerProcess(urls, sink);
    const late = await untilAllSent(owner);
    const seconds = Math.round((performance.now() - began) / 1_000);
    await kill(last);

    const copies = await copiesOf(owner, sink);
    const doubled = copies.filter((count) => count === 2).length;
    const wrong = await injected(sink);
    await db.destroy();
    await owner.destroy();
    const figure = (name: string, value: number, unit: string, bar: number | null, n: number): Figure => ({
      name,
      value,
      unit,
      bar,
      ok: bar === null || value <= bar,
      seed: SEED,
      n,
    });
    return [
      { ...figure('bookings done', booked, 'bookings', BOOKINGS, BOOKINGS), ok: booked === BOOKINGS },
      { ...figure('workers killed', kills, 'workers', KILLS, KILLS), ok: kills === KILLS },
      figure(
        'bookings without a confirmation',
        copies.filter((count) => count === 0).length,
        'bookings',
        0,
        booked,
      ),
      figure('confirmations that came twice', doubled, 'letters', booked / 100, booked),
      figure(
        'confirmations that came more than twice',
        copies.filter((count) => count > 2).length,
        'letters',
        0,
        booked,
      ),
      figure('letters that had not left in time', late, 'letters', 0, booked),
      figure('from the first booking to the last letter', seconds, 's', null, booked),
      figure('texts that became a header, recipient, property or entry', wrong, 'texts', 0, corpus.length),
    ];
  } finally {
    await sink.goAway();
    await cluster.stop();
  }
}

/** Books them one after the other, each as a patient of its own, over about as long as workers are killed. */
async function bookAll(db: Db, owner: Db, visits: readonly OpenTime[]): Promise<number> {
  let booked = 0;
  for (const { who, where, start } of visits) {
    const { accountId } = await patient(owner);
    const actor: Actor = { kind: 'account', accountId };
    const { id } = await holdSlot(db, actor, {
      practitioner: who.slug,
      location: where.locationId,
      start,
      visitorToken: randomUUID(),
    });
    await confirmBooking(db, actor, { appointmentId: id, partyId: null });
    booked += 1;
    await wait(60);
  }
  return booked;
}

/** A worker lives for a moment and is killed, fifty times; in the middle of that the mail server is away. */
async function killAgainAndAgain(urls: DatabaseUrls, sink: MailSink): Promise<number> {
  const random = randomFrom(SEED);
  let back: Promise<void> = Promise.resolve();
  let kills = 0;
  while (kills < KILLS) {
    const worker = await startWorkerProcess(urls, sink);
    await wait(LIVES_MS.least + random() * (LIVES_MS.most - LIVES_MS.least));
    await kill(worker);
    kills += 1;
    if (kills === Math.floor(KILLS / 3)) {
      await sink.goAway();
      back = wait(AWAY_MS).then(() => sink.comeBack());
    }
  }
  await back;
  return kills;
}

/** The worker as a process of its own, once it works. */
async function startWorkerProcess(urls: DatabaseUrls, sink: MailSink): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['src/bin/worker.ts'], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      MODE: 'test',
      // That the mail server is away is what the drill is about; each letter would say so.
      LOG_LEVEL: 'silent',
      PUBLIC_URL: 'http://127.0.0.1:3000',
      DATABASE_URL: urls.app,
      WORKER_DATABASE_URL: urls.worker,
      MAIL_URL: sink.url,
      MAIL_FROM: 'letters@steadyhand.test',
    },
  });
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  child.once('close', () => process.removeListener('exit', endWithUs));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      if (/^ready$/m.test(chunk.toString())) resolve();
    });
    child.once('close', () => reject(new Error('the worker did not start')));
  });
  return child;
}

/** Without warning, and gone. */
async function kill(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await closed;
}

/** Waits until nothing is left to send. Answers how many letters are. */
async function untilAllSent(owner: Db): Promise<number> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const { rows } = await sql<{ left: number }>`
      SELECT (SELECT count(*) FROM appointment a WHERE a.state = 'confirmed' AND NOT EXISTS (
                SELECT FROM mail_message m WHERE m.patient_id = a.patient_id AND m.kind = 'appointment_confirmed' AND m.sent_at IS NOT NULL))::int AS left`.execute(
      owner,
    );
    const { left } = rows[0]!;
    if (left === 0 || performance.now() > until) return left;
    await wait(500);
  }
}

/** How often the confirmation of each booking arrived. */
async function copiesOf(owner: Db, sink: MailSink): Promise<number[]> {
  const { rows } = await sql<{ id: string | null }>`
    SELECT m.id FROM appointment a LEFT JOIN mail_message m ON m.patient_id = a.patient_id AND m.kind = 'appointment_confirmed'
     WHERE a.state = 'confirmed'`.execute(owner);
  const arrived = new Map<string, number>();
  for (const message of sink.messages) {
    const id = /^Message-ID: <([0-9a-f-]{36})@/im.exec(message)?.[1] ?? '';
    arrived.set(id, (arrived.get(id) ?? 0) + 1);
  }
  return rows.map(({ id }) => (id === null ? 0 : (arrived.get(id) ?? 0)));
}

async function injected(sink: MailSink): Promise<number> {
  const transport = openMail(
    { kind: 'smtp', url: sink.url, from: 'letters@steadyhand.test' },
    { email: 'help@steadyhand.test', page: 'https://steadyhand.test/contact' },
  );
  let wrong = 0;
  for (const one of corpus) if ((await tryOne(transport, sink, one)).length > 0) wrong += 1;
  transport.close();
  return wrong;
}
