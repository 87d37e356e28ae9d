import { Logger as WorkerLogger, parseCronItems, run, type TaskList } from 'graphile-worker';
import pg from 'pg';
import { createApp } from './app.ts';
import { deliverEvent } from './deliver-event.ts';
import { deleteEndedSessions } from './domain/accounts/end-sessions.ts';
import { refreshCalendar, refreshDueCalendars } from './domain/availability/external/refresh-calendar.ts';
import { publishHolidays } from './domain/availability/holidays.ts';
import { expireHolds } from './domain/booking/expire-holds.ts';
import { markPassed, markStale, refreshDocuments } from './domain/directory/refresh-documents.ts';
import { catchUp, repairDocuments } from './domain/directory/repair-index.ts';
import { sendMail } from './domain/notifications/send-mail.ts';
import { lapseListings } from './domain/oversight/lapse-listings.ts';
import { resumePaused } from './domain/oversight/resume-paused.ts';
import { offerFreedTimes } from './domain/waitlist/offer-freed-times.ts';
import { enqueue } from './domain/shared/record-event.ts';
import { openMail } from './platform/mail.ts';

/** While the search server is away, it is looked after this often. */
const CATCH_UP_MS = 10_000;
const SERVER_QUEUE = { queueName: 'search_server' };

/**
 * Runs the jobs on the worker's own database role, in this process. Jobs are shells: ids in, one command called,
 * harmless when run twice. `stop` lets the running ones end.
 */
export async function startWorker(
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ stop(): Promise<void> }> {
  const app = createApp(env, 'worker');
  const { config, db, log, search } = app;
  const mail = openMail(config.mail);
  const tasks: TaskList = {
    deliver_event: (payload) => deliverEvent(app, idIn(payload, 'eventId')),
    send_mail: (payload) => sendMail(db, mail, idIn(payload, 'mailId')),
    expire_holds: async () => markStale(db, await expireHolds(db)),
    offer_freed_times: () => offerFreedTimes(db),
    refresh_calendar: (payload) => refreshCalendar(db, idIn(payload, 'calendarId')),
    refresh_due_calendars: () => refreshDueCalendars(db),
    lapse_listings: () => lapseListings(db),
    resume_paused: () => resumePaused(db),
    refresh_documents: () => refreshDocuments(db, search),
    refresh_passed: () => markPassed(db),
    repair_documents: async () => {
      const repaired = await repairDocuments(db, search);
      if (repaired > 0) log.warn({ repaired }, 'search knew practitioners otherwise than they are');
    },
    catch_up: async () => {
      const repaired = await catchUp(db, search);
      if (repaired > 0) log.info({ repaired }, 'the search index has caught up');
    },
    publish_holidays: () => db.transaction().execute(publishHolidays),
    end_sessions: () => deleteEndedSessions(db),
  };
  const pool = new pg.Pool({ connectionString: config.workerDatabaseUrl, max: 4 });
  const broke = (error: Error) => log.warn({ err: error }, 'a database connection of the job queue broke');
  pool.on('error', broke);
  // One that breaks while a job has it tells nobody else.
  pool.on('connect', (client) => client.on('error', broke));
  const runner = await run({
    pgPool: pool,
    taskList: tasks,
    concurrency: 2,
    pollInterval: 1_000,
    noHandleSignals: true,
    parsedCronItems: parseCronItems([
      { task: 'expire_holds', match: '* * * * *', options: { backfillPeriod: 0 } },
      { task: 'offer_freed_times', match: '* * * * *', options: { backfillPeriod: 0 } },
      { task: 'refresh_due_calendars', match: '* * * * *', options: { backfillPeriod: 0 } },
      { task: 'lapse_listings', match: '* * * * *', options: { backfillPeriod: 0 } },
      { task: 'resume_paused', match: '* * * * *', options: { backfillPeriod: 0 } },
      { task: 'refresh_passed', match: '* * * * *', options: { backfillPeriod: 0 } },
      { task: 'catch_up', match: '*/5 * * * *', options: { ...SERVER_QUEUE, backfillPeriod: 0 } },
      { task: 'repair_documents', match: '41 * * * *', options: { backfillPeriod: 0 } },
      { task: 'publish_holidays', match: '23 4 1 * *', options: { backfillPeriod: 0 } },
      { task: 'end_sessions', match: '17 * * * *', options: { backfillPeriod: 0 } },
    ]),
    logger: new WorkerLogger(() => (level, message) => {
      if (level === 'error') log.error({ job: message }, 'a job failed');
      else log.debug({ job: message });
    }),
  });
  const askToCatchUp = () => enqueue(db, 'catch_up', {}, { key: 'catch_up', queue: SERVER_QUEUE.queueName });
  await askToCatchUp();
  const watching = setInterval(() => {
    if (search.health().failing)
      askToCatchUp().catch((error: unknown) => log.warn({ err: error }, 'not asked'));
  }, CATCH_UP_MS);
  return {
    async stop() {
      clearInterval(watching);
      await runner.stop();
      mail.close();
      await pool.end();
      await app.close();
    },
  };
}

function idIn(payload: unknown, name: string): string {
  const id =
    typeof payload === 'object' && payload !== null ? (payload as Record<string, unknown>)[name] : undefined;
  if (typeof id !== 'string') throw new Error(`a job needs ${name}`);
  return id;
}
