import { EventEmitter } from 'node:events';
import {
  Logger as WorkerLogger,
  parseCronItems,
  run,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker';
import pg from 'pg';
import { createApp } from './app.ts';
import { deliverEvent } from './deliver-event.ts';
import { openDueRecoveries } from './domain/accounts/recovery.ts';
import { deleteEndedSessions } from './domain/accounts/end-sessions.ts';
import { anchorAudit } from './domain/audit/anchor-audit.ts';
import { CHECK_QUEUE, checkAudit } from './domain/audit/check-audit.ts';
import { refreshCalendar, refreshDueCalendars } from './domain/availability/external/refresh-calendar.ts';
import { syncCalendar, type SyncTools } from './domain/availability/external/sync-calendar.ts';
import { publishHolidays } from './domain/availability/holidays.ts';
import { expireHolds } from './domain/booking/expire-holds.ts';
import { climbUrgent } from './domain/care/climb-urgent.ts';
import { markPassed, markStale, refreshDocuments } from './domain/directory/refresh-documents.ts';
import { askToCatchUp, catchUp, repairDocuments, SERVER_QUEUE } from './domain/directory/repair-index.ts';
import { askForReviews } from './domain/notifications/ask-for-review.ts';
import { releaseWaitingMail } from './domain/notifications/release-waiting.ts';
import { remindOfEnding } from './domain/notifications/remind-of-ending.ts';
import { planReminders } from './domain/notifications/plan-reminders.ts';
import { remindOfAppointments } from './domain/notifications/remind.ts';
import { sendMail } from './domain/notifications/send-mail.ts';
import { sendShort, type ShortWays } from './domain/notifications/short/send-short.ts';
import { sendDaySheets } from './domain/notifications/send-day-sheets.ts';
import { escalateComplaints } from './domain/oversight/complaints/escalate-complaints.ts';
import { lapseEndedSince, lapseListings } from './domain/oversight/lapse-listings.ts';
import { openCases } from './domain/oversight/safety/open-cases.ts';
import { countSafety } from './domain/oversight/safety/report.ts';
import { tellRecalls } from './domain/oversight/safety/tell-recalls.ts';
import { recheckCredentials } from './domain/oversight/recheck-credentials.ts';
import { resumePaused } from './domain/oversight/resume-paused.ts';
import { endStaleUploads } from './domain/portfolio/upload-picture.ts';
import { keepNoLonger } from './domain/privacy/keep-no-longer.ts';
import { lapseOpenings } from './domain/privacy/locked-records.ts';
import { contactAt } from './domain/shared/letter.ts';
import { offerFreedTimes } from './domain/waitlist/offer-freed-times.ts';
import { icsOfEntry } from './interop/ics/event.ts';
import { icsOfCopy } from './interop/ics/feed.ts';
import { openAppendFile } from './platform/append-file.ts';
import { openCalDav } from './platform/calendar-server/caldav.ts';
import { appNow } from './platform/clock.ts';
import { openMail } from './platform/mail.ts';
import { freeJobsOfDead, sayAlive } from './platform/dead-workers.ts';
import type { Db } from './platform/db.ts';
import { openPush } from './platform/push.ts';
import { openTexts } from './platform/texts.ts';
import { publicInternet, type FetchRules } from './platform/safe-fetch.ts';

/** What was under way to the search server when it failed may arrive after it was put right: it is compared once more. */
const COMPARE_AGAIN_MS = 20_000;

/** Who lapses is looked for so often: appointments are paused within seconds (L2), and a schedule of jobs knows minutes. */
const LOOK_FOR_LAPSED_MS = 2_000;

/** Jobs of workers that were killed are looked for so often. */
const LOOK_FOR_DEAD_MS = 30_000;

/**
 * Runs the jobs on the worker's own database role, in this process. Jobs are shells: ids in, one command called,
 * harmless when run twice. `stop` lets the running ones end. `calendars` says what of the internet may be read; tests
 * reach a server of their own.
 */
export async function startWorker(
  env: Readonly<Record<string, string | undefined>>,
  { calendars = publicInternet }: { calendars?: FetchRules } = {},
): Promise<{ stop(): Promise<void> }> {
  const app = createApp(env, 'worker');
  const { config, db, log, search } = app;
  const mail = openMail(config.mail, contactAt(config));
  const ask = () =>
    void askToCatchUp(db).catch((error: unknown) =>
      log.warn({ err: error }, 'nobody was asked to mend the search'),
    );
  const ways: ShortWays = { texts: openTexts(config.texts), push: openPush(config, calendars) };
  const connected: SyncTools = {
    keys: config.sealingKeys,
    open: (login) => openCalDav(login, calendars),
    toText: icsOfCopy,
    publicUrl: config.publicUrl,
  };
  let again: NodeJS.Timeout | undefined;
  const tasks: TaskList = {
    deliver_event: (payload) => deliverEvent(app, idIn(payload, 'eventId')),
    send_mail: (payload) => sendMail(db, mail, icsOfEntry, idIn(payload, 'mailId')),
    send_short: (payload) => sendShort(db, ways, idIn(payload, 'shortId')),
    send_day_sheets: () => sendDaySheets(db, config.publicUrl),
    release_waiting_mail: () => releaseWaitingMail(db),
    tell_recalls: () => tellRecalls(db, config.publicUrl),
    count_safety: () => countSafety(db),
    open_safety_cases: () => openCases(db, config.publicUrl),
    climb_urgent: () => climbUrgent(db, config.publicUrl),
    plan_reminders: (payload) => planReminders(db, idIn(payload, 'appointmentId')),
    remind_of_appointments: () => remindOfAppointments(db, config.publicUrl),
    ask_for_reviews: () => askForReviews(db, config.publicUrl),
    expire_holds: async () => markStale(db, await expireHolds(db)),
    offer_freed_times: () => offerFreedTimes(db),
    refresh_calendar: (payload) => refreshCalendar(db, idIn(payload, 'calendarId'), calendars),
    sync_calendar: (payload) => syncCalendar(db, idIn(payload, 'calendarId'), connected),
    refresh_due_calendars: () => refreshDueCalendars(db),
    lapse_listings: () => lapseListings(db),
    escalate_complaints: () => escalateComplaints(db),
    resume_paused: () => resumePaused(db),
    recheck_credentials: async () => {
      const compared = await recheckCredentials(db);
      if (compared > 0) log.info({ compared }, 'credentials were compared with the files of their registers');
    },
    remind_of_ending: () => remindOfEnding(db, config.publicUrl),
    refresh_documents: () => refreshDocuments(db, search),
    refresh_passed: () => markPassed(db),
    repair_documents: async () => {
      const repaired = await repairDocuments(db, search);
      if (repaired > 0) log.warn({ repaired }, 'search knew practitioners otherwise than they are');
    },
    catch_up: async () => {
      const repaired = await catchUp(db, search);
      if (repaired === null || repaired === 0) return;
      log.info({ repaired }, 'the search index has caught up');
      clearTimeout(again);
      again = setTimeout(ask, COMPARE_AGAIN_MS);
    },
    publish_holidays: () => db.transaction().execute(publishHolidays),
    end_stale_uploads: () => endStaleUploads(db),
    anchor_audit: async () => {
      const anchored = await anchorAudit(db, openAppendFile(config.auditAnchors));
      log.debug({ anchored }, 'ends of the audit trail were written down');
    },
    check_audit: async (payload) => {
      const broken = await checkAudit(db, {
        whole: (payload as { whole?: unknown } | null)?.whole === 'yes',
      });
      if (broken > 0) log.error({ broken }, 'the audit trail does not hold');
    },
    end_sessions: () => deleteEndedSessions(db),
    open_recoveries: () => openDueRecoveries(db, config.publicUrl),
    lapse_openings: () => lapseOpenings(db),
    keep_no_longer: async () => {
      const removed = await keepNoLonger(db);
      if (Object.values(removed).some((count) => count > 0))
        log.info(removed, 'what has run out was removed');
    },
  };
  const pool = new pg.Pool({ connectionString: config.workerDatabaseUrl, max: 4 });
  const broke = (error: Error) => log.warn({ err: error }, 'a database connection of the job queue broke');
  pool.on('error', broke);
  // One that breaks while a job has it tells nobody else.
  pool.on('connect', (client) => client.on('error', broke));
  const freed = await freeJobsOfDead(pool);
  if (freed > 0) log.warn({ workers: freed }, 'jobs of workers that were killed are taken up again');
  const events: WorkerEvents = new EventEmitter();
  const lives: Promise<{ end(): Promise<void> }>[] = [];
  events.on('pool:create', ({ workerPool }) =>
    lives.push(sayAlive(config.workerDatabaseUrl, workerPool.id, broke)),
  );
  const runner = await run({
    pgPool: pool,
    events,
    taskList: tasks,
    concurrency: 2,
    pollInterval: 1_000,
    noHandleSignals: true,
    parsedCronItems: parseCronItems([
      { task: 'expire_holds', match: '* * * * *', options: { backfillPeriod: 0 } },
      { task: 'climb_urgent', match: '* * * * *', options: { backfillPeriod: 0 } },
      { task: 'tell_recalls', match: '*/5 * * * *', options: { backfillPeriod: 0 } },
      { task: 'count_safety', match: '7 * * * *', options: { backfillPeriod: 0 } },
      { task: 'open_safety_cases', match: '* * * * *', options: { backfillPeriod: 0 } },
      { task: 'offer_freed_times', match: '* * * * *', options: { backfillPeriod: 0 } },
      { task: 'refresh_due_calendars', match: '* * * * *', options: { backfillPeriod: 0 } },
      { task: 'lapse_listings', match: '* * * * *', options: { backfillPeriod: 0 } },
      { task: 'escalate_complaints', match: '* * * * *', options: { backfillPeriod: 0 } },
      { task: 'resume_paused', match: '* * * * *', options: { backfillPeriod: 0 } },
      { task: 'remind_of_appointments', match: '* * * * *', options: { backfillPeriod: 0 } },
      { task: 'send_day_sheets', match: '*/5 * * * *', options: { backfillPeriod: 0 } },
      { task: 'release_waiting_mail', match: '* * * * *', options: { backfillPeriod: 0 } },
      { task: 'ask_for_reviews', match: '*/5 * * * *', options: { backfillPeriod: 0 } },
      { task: 'refresh_passed', match: '* * * * *', options: { backfillPeriod: 0 } },
      { task: 'catch_up', match: '*/5 * * * *', options: { queueName: SERVER_QUEUE, backfillPeriod: 0 } },
      { task: 'repair_documents', match: '41 * * * *', options: { backfillPeriod: 0 } },
      { task: 'recheck_credentials', match: '11 * * * *', options: { backfillPeriod: 0 } },
      { task: 'remind_of_ending', match: '29 * * * *', options: { backfillPeriod: 0 } },
      { task: 'publish_holidays', match: '23 4 1 * *', options: { backfillPeriod: 0 } },
      { task: 'end_stale_uploads', match: '23 * * * *', options: { backfillPeriod: 0 } },
      { task: 'anchor_audit', match: '53 * * * *', options: { backfillPeriod: 0 } },
      { task: 'check_audit', match: '*/15 * * * *', options: { queueName: CHECK_QUEUE, backfillPeriod: 0 } },
      { task: 'open_recoveries', match: '*/5 * * * *', options: { backfillPeriod: 0 } },
      { task: 'lapse_openings', match: '*/15 * * * *', options: { backfillPeriod: 0 } },
      { task: 'keep_no_longer', match: '47 * * * *', options: { backfillPeriod: 0 } },
      { task: 'end_sessions', match: '17 * * * *', options: { backfillPeriod: 0 } },
    ]),
    logger: new WorkerLogger(() => (level, message) => {
      if (level === 'error') log.error({ job: message }, 'a job failed');
      else log.debug({ job: message });
    }),
  });
  await Promise.all(lives);
  await askToCatchUp(db);
  const free = every(
    LOOK_FOR_DEAD_MS,
    async () => {
      await freeJobsOfDead(pool);
    },
    (error) => log.warn({ err: error }, 'jobs of killed workers could not be looked for'),
  );
  const watch = every(LOOK_FOR_LAPSED_MS, watchForLapsed(db), (error) =>
    log.warn({ err: error }, 'who lapsed could not be looked for'),
  );
  return {
    async stop() {
      clearTimeout(again);
      await watch.stop();
      await free.stop();
      await runner.stop();
      for (const life of lives) await (await life).end();
      mail.close();
      await pool.end();
      await app.close();
    },
  };
}

/** Looks from where it looked last; a minute over, for what was committed meanwhile. The job looks at everybody. */
function watchForLapsed(db: Db): () => Promise<void> {
  let lookedAt: Temporal.Instant | undefined;
  return async () => {
    const now = await appNow(db);
    if (lookedAt !== undefined) await lapseEndedSince(db, lookedAt.subtract({ minutes: 1 }));
    lookedAt = now;
  };
}

/** Does something again and again, with a pause of so long in between; a failure is told, and the next time comes. */
function every(ms: number, work: () => Promise<void>, failed: (error: unknown) => void) {
  let running = Promise.resolve();
  let timer: NodeJS.Timeout;
  const go = () => {
    running = work()
      .catch(failed)
      .finally(() => (timer = setTimeout(go, ms)));
  };
  timer = setTimeout(go, ms);
  return {
    async stop() {
      clearTimeout(timer);
      await running;
      clearTimeout(timer);
    },
  };
}

function idIn(payload: unknown, name: string): string {
  const id =
    typeof payload === 'object' && payload !== null ? (payload as Record<string, unknown>)[name] : undefined;
  if (typeof id !== 'string') throw new Error(`a job needs ${name}`);
  return id;
}
