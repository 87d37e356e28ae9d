import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, type Signer } from '../builders/act.ts';
import { staffMember } from '../builders/people.ts';
import { attack, breaks, forbidden, insert, NOTHING, twice } from './attack.ts';
import type { Stage } from './stage.ts';

/** What letters, choices and calendars of everybody look like, once each, of the patient who is ready for treatment. */
async function kept(trx: Queryable, { ready, reviewers }: Stage) {
  await acting(trx, ready.patient, async (as) => {
    await preference({ ready }).execute(as);
    await feed(ready.patient, 'patient', 'a').execute(as);
    await sql`INSERT INTO mail_declined (to_address, kind) SELECT email, 'review_request' FROM account WHERE id = ${ready.patient.accountId}`.execute(
      as,
    );
  });
  await acting(trx, reviewers[0], (as) => death({ ready }).execute(as));
}

const READERS: Record<string, (stage: Stage) => Signer> = {
  message_preference: (t) => t.ready.patient,
  mail_declined: (t) => t.ready.patient,
  calendar_feed: (t) => t.ready.patient,
  patient_death: (t) => t.prescriber,
};

/** Letters, what their readers want of them, and calendars that others read (P1, P4). */
export const messages = [
  ...Object.entries(READERS).map(([table, reader]) =>
    attack('P1', `a stranger who reads ${table}`, NOTHING, {
      before: kept,
      actor: (t, lawful) => (lawful ? reader(t) : t.stranger),
      attack: () => sql`SELECT 1 FROM ${sql.table(table)}`,
    }),
  ),
  attack('P1', 'how somebody else gets their letters', forbidden('message_preference'), {
    actor: (t, lawful) => (lawful ? t.ready.patient : t.stranger),
    attack: (t) => preference(t),
  }),
  attack('P1', 'letters of somebody else stopped', forbidden('mail_declined'), {
    actor: (t, lawful) => (lawful ? t.ready.patient : t.stranger),
    attack: ({ ready }) =>
      sql`INSERT INTO mail_declined (to_address, kind) SELECT email, 'reminder_last' FROM account WHERE id = ${ready.patient.accountId}`,
  }),
  attack('P1', 'a calendar of somebody else made', forbidden('calendar_feed'), {
    actor: (t, lawful) => (lawful ? t.ready.patient : t.stranger),
    attack: ({ ready }) => feed(ready.patient, 'patient', 'b'),
  }),

  attack('C6', 'quiet hours at an hour that no clock knows', breaks('message_preference_from'), {
    actor: (t) => t.ready.patient,
    attack: (t) => preference(t, { quiet_from: 24, quiet_until: 8 }),
    twin: (t) => preference(t, { quiet_from: 21, quiet_until: 8 }),
  }),
  attack('C6', 'quiet hours until an hour that no clock knows', breaks('message_preference_until'), {
    actor: (t) => t.ready.patient,
    attack: (t) => preference(t, { quiet_from: 21, quiet_until: 24 }),
    twin: (t) => preference(t, { quiet_from: 21, quiet_until: 8 }),
  }),
  attack('C6', 'quiet hours that never end', breaks('message_preference_hours'), {
    actor: (t) => t.ready.patient,
    attack: (t) => preference(t, { quiet_from: 21 }),
    twin: (t) => preference(t, { quiet_from: 21, quiet_until: 8 }),
  }),
  attack('C6', 'quiet hours that last a day', breaks('message_preference_night'), {
    actor: (t) => t.ready.patient,
    attack: (t) => preference(t, { quiet_from: 8, quiet_until: 21 }),
    twin: (t) => preference(t, { quiet_from: 21, quiet_until: 8 }),
  }),
  attack('C6', 'quiet hours on a clock that nobody has', breaks('message_preference_zone'), {
    actor: (t) => t.ready.patient,
    attack: (t) => preference(t, { time_zone: 'Mars/Olympus' }),
    twin: (t) => preference(t),
  }),
  attack('P4', 'a letter stopped that everybody gets', breaks('mail_declined_optional'), {
    actor: (t) => t.ready.patient,
    attack: ({ ready }) => declined(ready.patient, 'appointment_cancelled'),
    twin: ({ ready }) => declined(ready.patient, 'reminder_week'),
  }),

  attack('P4', 'a letter to somebody who has died', breaks('mail_message_to_the_living'), {
    before: (trx, t, lawful) => (lawful ? Promise.resolve() : kept(trx, t)),
    attack: ({ ready }) => mail({ kind: 'appointment_moved', patient_id: ready.patient.id }),
  }),
  attack('P4', 'a letter that its reader does not want', breaks('mail_message_wanted'), {
    before: (trx, { ready }, lawful) =>
      acting(trx, ready.patient, async (as) => {
        await declined(ready.patient, lawful ? 'reminder_week' : 'review_request').execute(as);
      }),
    attack: ({ ready }) =>
      mail({
        kind: 'review_request',
        to_address: sql`(SELECT email FROM account WHERE id = ${ready.patient.accountId})`,
      }),
  }),
  attack('P4', 'a second line in a subject', breaks('mail_message_subject_one_line'), {
    attack: () => mail({ subject: 'Hello\nBcc: somebody@else.test' }),
    twin: () => mail({ subject: 'Hello' }),
  }),
  attack('C5', 'a letter twice', twice('mail_message_once'), {
    before: (trx) => mail({ dedupe_key: 'the same' }).execute(trx),
    attack: () => mail({ dedupe_key: 'the same' }),
    twin: () => mail({ dedupe_key: 'another' }),
  }),
  attack('P4', 'a letter of no kind', breaks('mail_message_kind'), {
    attack: () => mail({ kind: '' }),
    twin: () => mail({ kind: 'appointment_moved' }),
  }),
  attack('P4', 'the secret of a letter itself in its row', breaks('mail_message_stop_is_hash'), {
    attack: () => mail({ stop_hash: Buffer.from('a secret that stops letters') }),
    twin: () => mail({ stop_hash: Buffer.alloc(32, 1) }),
  }),
  attack('P4', 'one secret for two letters', twice('mail_message_stop_once'), {
    before: (trx) => mail({ dedupe_key: 'the first', stop_hash: Buffer.alloc(32, 1) }).execute(trx),
    attack: () => mail({ stop_hash: Buffer.alloc(32, 1) }),
    twin: () => mail({ stop_hash: Buffer.alloc(32, 2) }),
  }),
  attack('P4', 'a letter stopped without a reason', breaks('mail_message_stopped'), {
    attack: () => mail({ stopped_at: sql`app_now()` }),
    twin: () => mail({ stopped_at: sql`app_now()`, stopped_why: 'dropped' }),
  }),
  attack('P4', 'a letter stopped for a reason of its own', breaks('mail_message_stopped_why'), {
    attack: () => mail({ stopped_at: sql`app_now()`, stopped_why: 'because' }),
    twin: () => mail({ stopped_at: sql`app_now()`, stopped_why: 'dropped' }),
  }),
  attack('P4', 'a letter both sent and stopped', breaks('mail_message_sent_or_stopped'), {
    attack: () => mail({ sent_at: sql`app_now()`, stopped_at: sql`app_now()`, stopped_why: 'dropped' }),
    twin: () => mail({ stopped_at: sql`app_now()`, stopped_why: 'dropped' }),
  }),

  attack('P1', 'a death noted by somebody who does not look after them', breaks('patient_death_by'), {
    actor: (t, lawful) => (lawful ? t.prescriber : t.stranger),
    attack: (t) => death(t),
  }),
  attack('P3', 'a death noted twice', twice('patient_death_once'), {
    before: (trx, t, lawful) =>
      lawful
        ? Promise.resolve()
        : acting(trx, t.prescriber, async (as) => {
            await death(t).execute(as);
          }),
    actor: (t) => t.prescriber,
    attack: (t) => death(t),
  }),
  attack('P3', 'a mistake taken back twice', breaks('patient_death_frozen'), {
    before: async (trx, t, lawful) => {
      await acting(trx, t.prescriber, async (as) => {
        await death(t).execute(as);
        if (!lawful) await takeBack(t).execute(as);
      });
    },
    actor: (t) => t.prescriber,
    attack: (t) => takeBack(t),
  }),
  attack('P3', 'a death told by nobody', breaks('patient_death_told_by'), {
    actor: (t) => t.prescriber,
    attack: (t) => death(t, 'nobody'),
    twin: (t) => death(t),
  }),

  attack('P4', 'the secret of a calendar itself in its row', breaks('calendar_feed_secret_is_hash'), {
    actor: (t) => t.ready.patient,
    attack: ({ ready }) =>
      insert('calendar_feed', {
        account_id: ready.patient.accountId,
        whose: 'patient',
        secret_hash: Buffer.from('a secret that opens a calendar'),
      }),
    twin: ({ ready }) => feed(ready.patient, 'patient', 'a'),
  }),
  attack('P4', 'a calendar of everybody', breaks('calendar_feed_whose'), {
    actor: (t) => t.ready.patient,
    attack: ({ ready }) => feed(ready.patient, 'everybody', 'a'),
    twin: ({ ready }) => feed(ready.patient, 'patient', 'a'),
  }),
  attack('P4', 'a second calendar beside the first', twice('calendar_feed_one_live'), {
    before: (trx, { ready }) =>
      acting(trx, ready.patient, async (as) => {
        await feed(ready.patient, 'patient', 'a').execute(as);
      }),
    actor: (t) => t.ready.patient,
    attack: ({ ready }) => feed(ready.patient, 'patient', 'b'),
    twin: ({ ready }) => [endFeeds(ready.patient), feed(ready.patient, 'patient', 'b')],
  }),
  attack('P4', 'one secret for two calendars', twice('calendar_feed_secret_once'), {
    before: (trx, { ready }) =>
      acting(trx, ready.patient, async (as) => {
        await feed(ready.patient, 'patient', 'a').execute(as);
      }),
    actor: (t) => t.ready.patient,
    attack: ({ ready }) => feed(ready.patient, 'practitioner', 'a'),
    twin: ({ ready }) => feed(ready.patient, 'practitioner', 'b'),
  }),
  attack('P4', 'a calendar that was taken back, changed', breaks('calendar_feed_ends_once'), {
    before: (trx, { ready }, lawful) =>
      acting(trx, ready.patient, async (as) => {
        await feed(ready.patient, 'patient', 'a').execute(as);
        if (!lawful) await endFeeds(ready.patient).execute(as);
      }),
    actor: (t) => t.ready.patient,
    attack: ({ ready }) => endFeeds(ready.patient),
  }),

  attack('R4', 'jobs that were given up, read by somebody else', breaks('dead_job_operator'), {
    before: (trx) => staffMember(trx, 'operator'),
    actor: (t, lawful, operator) => (lawful ? operator : t.reviewers[0]),
    attack: () => sql`SELECT count(*) FROM dead_jobs(10)`,
  }),
  attack('R4', 'jobs that were given up, tried again by somebody else', breaks('dead_job_operator'), {
    before: (trx) => staffMember(trx, 'operator'),
    actor: (t, lawful, operator) => (lawful ? operator : t.reviewers[0]),
    attack: () => sql`SELECT retry_dead_jobs(NULL)`,
  }),
  attack('R4', 'letters that came back, read by somebody else', breaks('dead_job_operator'), {
    before: (trx) => staffMember(trx, 'operator'),
    actor: (t, lawful, operator) => (lawful ? operator : t.reviewers[0]),
    attack: () => sql`SELECT count(*) FROM open_bounces(10)`,
  }),
];

const preference = ({ ready }: Pick<Stage, 'ready'>, about: object = {}) =>
  insert('message_preference', { account_id: ready.patient.accountId, time_zone: 'Europe/London', ...about });
const declined = ({ accountId }: { accountId: string }, kind: string) =>
  sql`INSERT INTO mail_declined (to_address, kind) SELECT email, ${kind} FROM account WHERE id = ${accountId}`;
const mail = (about: object) =>
  insert('mail_message', {
    dedupe_key: 'a letter of its own',
    kind: 'appointment_moved',
    to_name: 'Ada',
    to_address: 'ada@example.test',
    subject: 'Hello',
    body: 'Hello',
    ...about,
  });
const death = ({ ready }: Pick<Stage, 'ready'>, toldBy = 'family') =>
  sql`INSERT INTO patient_death (patient_id, told_by, recorded_by, recorded_at) VALUES (${ready.patient.id}, ${toldBy}, current_actor(), app_now())`;
const takeBack = ({ ready }: Stage) =>
  sql`UPDATE patient_death SET undone_at = app_now() WHERE patient_id = ${ready.patient.id} RETURNING 1`;
const feed = ({ accountId }: { accountId: string }, whose: string, secret: string) =>
  insert('calendar_feed', { account_id: accountId, whose, secret_hash: Buffer.alloc(32, secret) });
const endFeeds = ({ accountId }: { accountId: string }) =>
  sql`UPDATE calendar_feed SET ended_at = app_now() WHERE account_id = ${accountId} RETURNING 1`;
