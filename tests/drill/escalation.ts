import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { acknowledgeUrgent } from '#lib/server/domain/care/acknowledge-urgent.ts';
import { reportUrgent } from '#lib/server/domain/care/report-urgent.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import type { DatabaseUrls } from '#db/embedded.ts';
import { projectFolder } from '../../src/bin/build.ts';
import type { Figure } from '../bin/figures.ts';
import { later, passTime, setClock } from '../builders/act.ts';
import { bookTreatment, consulted, giveConsent, prescribe, treat, type Treatment } from '../builders/care.ts';
import { clinicMember, patient, staffMember } from '../builders/people.ts';
import { build, type Town } from '../builders/town.ts';
import { startCluster } from '../harness/cluster.ts';
import { randomFrom } from '../harness/random.ts';

/*
 * Forty urgent messages that nobody answers climb from the injector to our operators. The worker, a process of its own,
 * is killed again and again while it climbs, most of all between a step and its letters, which are slowed down for that.
 * In the end every step must be there once, with its letters, and no message that was answered went further.
 */

const PATIENTS = 5;
const MESSAGES = 40;
/** Every so manieth is answered before it reaches the cover. */
const ANSWERED = 4;
const SEED = 38;
const LONGEST_MS = 120_000;

/** Runs the drill on `npm run drill -- escalation`. */
export async function run(): Promise<Figure[]> {
  const cluster = await startCluster({ durable: true });
  try {
    const { urls } = await cluster.create();
    const owner = openDb(openPool(urls.owner, { max: 2, onError: () => {} }));
    const db = openDb(openPool(urls.app, { max: 2, onError: () => {} }));
    const town = await build(owner);
    await clinicMember(owner, town.leeds);
    await staffMember(owner, 'operator');
    const treatments: Treatment[] = [];
    for (let each = 0; each < PATIENTS; each++) treatments.push(await treated(owner, town));
    const day = (await later(owner, { hours: 30 })).toZonedDateTimeISO('UTC').toPlainDate();
    await setClock(owner, `${day.toString()}T09:00:00Z`);
    const contacts = await write(db, owner, treatments);
    await sql`
      CREATE FUNCTION slow_letter() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.03); RETURN NEW; END $$;
      CREATE TRIGGER slow_letter BEFORE INSERT ON mail_message FOR EACH ROW EXECUTE FUNCTION slow_letter()`.execute(
      owner,
    );

    const random = randomFrom(SEED);
    let kills = 0;
    let inBetween = 0;
    for (const step of [2, 3, 4]) {
      await passTime(owner, { minutes: 61 });
      for (let due = await countDue(owner); due > 0;) {
        await owner.transaction().execute((trx) => sql`SELECT enqueue('climb_urgent', '{}')`.execute(trx));
        const worker = await start(urls);
        await wait(random() * 600);
        await kill(worker);
        const left = await countDue(owner);
        kills += 1;
        if (left > 0 && left < due) inBetween += 1;
        due = left;
      }
      if (step === 2)
        for (const contactId of contacts.filter((_, index) => index % ANSWERED === 0))
          await acknowledgeUrgent(
            db,
            { kind: 'account', accountId: town.prescriber.accountId },
            { contactId },
          );
    }

    // One more, which takes up what the killed ones had begun.
    const last = await start(urls);
    const until = performance.now() + LONGEST_MS;
    while ((await countUnsent(owner)) > 0 && performance.now() < until) await wait(200);
    const unsent = await countUnsent(owner);
    await kill(last);

    const answered = Math.ceil(MESSAGES / ANSWERED);
    const climbed = MESSAGES - answered;
    const { rows } = await sql<{
      steps: number;
      doubled: number;
      after: number;
      letters: number;
      events: number;
    }>`
      SELECT (SELECT count(*)::int FROM urgent_step) AS steps,
             (SELECT count(*)::int FROM (SELECT FROM urgent_step GROUP BY contact_id, rung HAVING count(*) > 1) twice)
           + (SELECT count(*)::int FROM (SELECT FROM event WHERE type = 'urgent_contact.climbed' GROUP BY subject_id, payload HAVING count(*) > 1) twice) AS doubled,
             (SELECT count(*)::int FROM urgent_step s JOIN urgent_contact c ON c.id = s.contact_id WHERE s.told_at > c.acknowledged_at) AS after,
             (SELECT count(*)::int FROM mail_message WHERE subject IN ('Somebody needs your answer today', 'Somebody still waits for an answer',
                'Please call: nobody has answered yet', 'Nobody has answered an urgent message')) AS letters,
             (SELECT count(*)::int FROM event WHERE type = 'urgent_contact.climbed') AS events`.execute(
      owner,
    );
    const found = rows[0]!;
    await db.destroy();
    await owner.destroy();

    const figure = (name: string, value: number, unit: string, bar: number | null, ok: boolean): Figure => ({
      name,
      value,
      unit,
      bar,
      ok,
      seed: SEED,
      n: MESSAGES,
    });
    const exactly = (name: string, value: number, unit: string, bar: number) =>
      figure(name, value, unit, bar, value === bar);
    return [
      figure('workers killed', kills, 'processes', null, true),
      figure('killed with part of the steps taken', inBetween, 'processes', 1, inBetween > 0),
      exactly('steps', found.steps, 'rows', climbed * 4 + answered * 2),
      exactly('steps told to the rest of the system', found.events, 'events', climbed * 3 + answered),
      exactly('steps or events doubled', found.doubled, 'rows', 0),
      exactly('steps after an answer', found.after, 'rows', 0),
      // At once injector and prescriber; then the prescriber; desk and patient; the operator.
      exactly('letters', found.letters, 'letters', climbed * 6 + answered * 3),
      exactly('letters not sent in the end', unsent, 'letters', 0),
    ];
  } finally {
    await cluster.stop();
  }
}

/** Somebody treated by the injector under the prescriber. */
async function treated(owner: Db, town: Town): Promise<Treatment> {
  await passTime(owner, { hours: 3 });
  const consultation = await consulted(owner, {
    patient: await patient(owner),
    prescriber: town.prescriber,
    where: town.leeds,
  });
  const prescription = await prescribe(owner, consultation, { injector: town.injector });
  const consent = await giveConsent(owner, prescription);
  await passTime(owner, { hours: 50 });
  const treatment = await bookTreatment(owner, consent, await later(owner));
  await treat(owner, treatment);
  return treatment;
}

async function write(db: Db, owner: Db, treatments: readonly Treatment[]): Promise<string[]> {
  for (let each = 0; each < MESSAGES; each++) {
    const treatment = treatments[each % treatments.length]!;
    await reportUrgent(
      db,
      { desk: 'https://steadyhand.example/desk' },
      { kind: 'account', accountId: treatment.patient.accountId },
      { treatmentId: treatment.id, message: `It does not feel right (${each}).`, phone: '07700 900111' },
    );
  }
  const contacts = await owner.selectFrom('urgent_contact').select('id').orderBy('id').execute();
  return contacts.map(({ id }) => id);
}

async function countDue(owner: Db): Promise<number> {
  const { rows } = await sql<{ due: number }>`
    SELECT count(*)::int AS due FROM urgent_contact c
     CROSS JOIN LATERAL (SELECT max(s.nth) + 1 AS nth FROM urgent_step s WHERE s.contact_id = c.id) next
     WHERE c.acknowledged_at IS NULL AND c.told_from[next.nth] <= app_now()`.execute(owner);
  return rows[0]!.due;
}

async function countUnsent(owner: Db): Promise<number> {
  const { unsent } = await owner
    .selectFrom('mail_message')
    .where('sent_at', 'is', null)
    .select((eb) => eb.fn.countAll<number>().as('unsent'))
    .executeTakeFirstOrThrow();
  return unsent;
}

/** The worker as a process of its own, once it works. */
async function start(urls: DatabaseUrls): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['src/bin/worker.ts'], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      MODE: 'test',
      LOG_LEVEL: 'error',
      PUBLIC_URL: 'http://127.0.0.1:3000',
      DATABASE_URL: urls.app,
      WORKER_DATABASE_URL: urls.worker,
    },
  });
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  child.once('close', () => process.removeListener('exit', endWithUs));
  let output = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (/^ready$/m.test(output)) resolve();
      });
    child.once('close', () => reject(new Error(`the worker did not start:\n${output}`)));
  });
  return child;
}

/** Without warning, and gone. */
async function kill(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await closed;
}
