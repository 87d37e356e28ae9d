import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { acceptCarer } from '#lib/server/domain/booking/accept-carer.ts';
import { cancelAppointment } from '#lib/server/domain/booking/cancel-appointment.ts';
import { inviteCarer } from '#lib/server/domain/booking/invite-carer.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import { planReminders } from '#lib/server/domain/notifications/plan-reminders.ts';
import { remindOfAppointments } from '#lib/server/domain/notifications/remind.ts';
import { recordDeath } from '#lib/server/domain/reception/record-death.ts';
import { postLetter } from '#lib/server/domain/reception/post-letter.ts';
import { readDay, readLetter } from '#lib/server/domain/reception/reads.ts';
import { giveWord } from '#lib/server/domain/booking/give-word.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { account } from '../../builders/people.ts';
import { afterFile } from '../../harness/after.ts';
import { countedDb } from '../../harness/counted.ts';
import { booked } from '../booking/booked.ts';
import { as, slots } from '../booking/world.ts';
import { bookNew, moveClockTo, openDesk, type DeskWorld } from '../reception/world.ts';

const SITE = new URL('https://steadyhand.test');
let world: DeskWorld;
let worker: Db;
let next = 0;

beforeAll(async () => {
  world = await openDesk();
  worker = openDb(openPool(world.workerUrl, { max: 4, onError: () => {} }));
  afterFile(() => worker.destroy());
});

const LEEDS = 'Europe/London';
const local = (moment: Temporal.Instant) => moment.toZonedDateTimeISO(LEEDS);
const remind = () => remindOfAppointments(worker, SITE);

/** A free time at two in the afternoon or later, about so many days from now. */
async function afternoon(days: number): Promise<Temporal.Instant> {
  const found = (await slots(world)).map(({ start }) => start);
  const from = (await now()).add({ hours: days * 24 });
  const free = found.filter((start) => local(start).hour >= 14 && Temporal.Instant.compare(start, from) > 0);
  return free[(next += 1)]!;
}

async function now(): Promise<Temporal.Instant> {
  const { rows } = await sql<{ now: Temporal.Instant }>`SELECT app_now() AS now`.execute(world.owner);
  return rows[0]!.now;
}

/** Booked and planned for, as the worker does when it hears of it. */
async function planned(days = 12) {
  const visit = await booked(world, await afternoon(days));
  await planReminders(worker, visit.appointmentId);
  return visit;
}

async function lettersTo(accountId: string | null, email?: string) {
  const address =
    email ??
    (
      await world.owner
        .selectFrom('account')
        .select('email')
        .where('id', '=', accountId!)
        .executeTakeFirstOrThrow()
    ).email;
  return world.owner
    .selectFrom('mail_message')
    .select(['subject', 'body'])
    .where('to_address', '=', address)
    .orderBy('id')
    .execute();
}

const outcomes = async (appointmentId: string) =>
  (
    await world.owner
      .selectFrom('reminder')
      .select(['step', 'outcome'])
      .where('appointment_id', '=', appointmentId)
      .orderBy('due_at')
      .execute()
  ).map(({ step, outcome }) => [step, outcome]);

describe('reminders', () => {
  it('go out at each step, once, however often the worker looks, with pages to choose on', async () => {
    const { appointmentId, person, start } = await planned();
    await planReminders(worker, appointmentId);
    await remind();
    expect(await lettersTo(person.accountId)).toEqual([]);
    for (const [step, day] of [
      [{ days: 7 }, /^on [A-Z][a-z]{2} \d+ [A-Z]\w+$/],
      [{ days: 2 }, /^on /],
      [{ hours: 3 }, /^today$/],
    ] as const) {
      await moveClockTo(world.owner, local(start).subtract(step).add({ minutes: 1 }).toInstant());
      await Promise.all([remind(), remind()]);
      await remind();
      const { subject } = (await lettersTo(person.accountId)).at(-1)!;
      expect(subject.replace('Your appointment ', '')).toMatch(day);
    }
    const letters = await lettersTo(person.accountId);
    expect(letters).toHaveLength(3);
    for (const { subject, body } of letters) {
      expect(subject).not.toMatch(/consultation|treatment|review|botox|inject/i);
      expect(body).toContain(`https://steadyhand.test/my-care/appointments/${appointmentId}\n`);
      expect(body).toContain(`/my-care/appointments/${appointmentId}/move`);
      expect(body).toContain(`/my-care/appointments/${appointmentId}/cancel`);
      expect(body).toContain('London time');
    }
    expect(letters[2]!.body).toContain('when you are late');
    expect(await outcomes(appointmentId)).toEqual([
      ['week', 'written'],
      ['two_days', 'written'],
      ['last', 'written'],
    ]);
  });

  it('stop for who has died, with what waits on their telephone and their place on the waitlist', async () => {
    const { owner, db, joe } = world;
    const { appointmentId, person, start } = await planned();
    const { patient_id: patientId } = await owner
      .selectFrom('appointment')
      .select('patient_id')
      .where('id', '=', appointmentId)
      .executeTakeFirstOrThrow();
    await sql`INSERT INTO short_message (account_id, channel, kind, dedupe_key, number, body, waits_until)
      VALUES (${person.accountId}, 'text', 'appointment_moved', 'died', '+447700900123', 'Your appointment has a new time.', app_now() + interval '1 hour')`.execute(
      owner,
    );
    await sql`INSERT INTO waitlist_entry (patient_id, number, near, latitude, longitude, radius_km, weekdays, from_minute, until_minute, earliest_day, latest_day)
      VALUES (${patientId}, 1, 'Leeds', 53.8, -1.5, 10, '{1}', 0, 1440, '2026-01-01', '2100-01-01')`.execute(
      owner,
    );
    await recordDeath(db, joe, { patientId: patientId!, toldBy: 'family' });
    await moveClockTo(owner, local(start).subtract({ hours: 2 }).toInstant());
    await remind();
    expect(await lettersTo(person.accountId)).toEqual([]);
    expect(new Set((await outcomes(appointmentId)).map(([, outcome]) => outcome))).not.toContain('written');
    const { rows } = await sql<{ failure: string; state: string }>`
      SELECT s.failure, w.state FROM short_message s, waitlist_entry w WHERE s.dedupe_key = 'died' AND w.patient_id = ${patientId}`.execute(
      owner,
    );
    expect(rows).toEqual([{ failure: 'nobody is written to who has died', state: 'ended' }]);
  });

  it('of a visit that moves speak of its new time, and of the old one no more', async () => {
    const { db, owner } = world;
    const { appointmentId, person, start } = await planned();
    const later = await afternoon(20);
    await moveAppointment(db, as(person), { appointmentId, start: later });
    await planReminders(worker, appointmentId);
    await moveClockTo(owner, local(start).subtract({ days: 7 }).add({ minutes: 1 }).toInstant());
    await remind();
    expect(await lettersTo(person.accountId)).toEqual([]);
    await moveClockTo(owner, local(later).subtract({ days: 7 }).add({ minutes: 1 }).toInstant());
    await remind();
    const letters = await lettersTo(person.accountId);
    expect(letters).toHaveLength(1);
    expect(letters[0]!.body).toContain(`${local(later).day} `);
    expect((await outcomes(appointmentId)).filter(([step]) => step === 'week')).toEqual([
      ['week', 'not_needed'],
      ['week', 'written'],
    ]);
  });

  it('of what is cancelled or on hold are not sent', async () => {
    const { db, owner } = world;
    const cancelled = await planned();
    const paused = await planned();
    await cancelAppointment(db, as(cancelled.person), { appointmentId: cancelled.appointmentId });
    await sql`UPDATE appointment SET state = 'paused' WHERE id = ${paused.appointmentId}`.execute(owner);
    await moveClockTo(owner, local(paused.start).subtract({ days: 7 }).add({ hours: 5 }).toInstant());
    await remind();
    expect(await lettersTo(cancelled.person.accountId)).toEqual([]);
    expect(await lettersTo(paused.person.accountId)).toEqual([]);
    expect((await outcomes(paused.appointmentId))[0]).toEqual(['week', 'not_needed']);
  });

  it('wait for the morning when the worker was away, and are left out when they would tell nothing in time', async () => {
    const { owner } = world;
    const { appointmentId, person, start } = await planned();
    const night = local(start).subtract({ days: 6 }).with({ hour: 23, minute: 30 });
    await moveClockTo(owner, night.toInstant());
    await remind();
    expect(await lettersTo(person.accountId)).toEqual([]);
    await moveClockTo(owner, night.add({ days: 1 }).with({ hour: 8, minute: 1 }).toInstant());
    await remind();
    expect(await lettersTo(person.accountId)).toHaveLength(1);
    await moveClockTo(owner, start.subtract({ minutes: 50 }));
    await remind();
    expect(await lettersTo(person.accountId)).toHaveLength(1);
    expect(await outcomes(appointmentId)).toEqual([
      ['week', 'written'],
      ['two_days', 'too_late'],
      ['last', 'too_late'],
    ]);
  });

  it('one that fails keeps no other back and is tried again', async () => {
    const { owner } = world;
    const [first, second] = [await planned(), await planned()];
    const when = [first, second]
      .map(({ start }) => start)
      .toSorted(Temporal.Instant.compare)
      .at(-1)!;
    await moveClockTo(owner, local(when).subtract({ days: 7 }).add({ minutes: 1 }).toInstant());
    await sql`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$`.execute(
      owner,
    );
    const { email } = await owner
      .selectFrom('account')
      .select('email')
      .where('id', '=', first.person.accountId)
      .executeTakeFirstOrThrow();
    await sql`CREATE TRIGGER refuse BEFORE INSERT ON mail_message FOR EACH ROW WHEN (NEW.to_address = ${sql.lit(email)}::citext) EXECUTE FUNCTION refuse()`.execute(
      owner,
    );
    await expect(remind()).rejects.toThrow('1 reminders failed');
    expect(await lettersTo(second.person.accountId)).toHaveLength(1);
    await sql`DROP TRIGGER refuse ON mail_message`.execute(owner);
    await remind();
    expect(await lettersTo(first.person.accountId)).toHaveLength(1);
  });

  it('reach a carer with letters in neutral words', async () => {
    const { db, owner } = world;
    const { appointmentId, person, start } = await planned();
    const email = `carer-${appointmentId}@example.test`;
    const helper = await account(owner, { email });
    await inviteCarer(db, as(person), (code) => `https://steadyhand.test/?code=${code}`, {
      email,
      getsLetters: true,
    });
    const [invitation] = await lettersTo(null, email);
    await acceptCarer(db, as(helper), { code: /code=([\w-]+)/.exec(invitation!.body)![1]! });
    await moveClockTo(owner, local(start).subtract({ days: 7 }).add({ minutes: 1 }).toInstant());
    await remind();
    const [, letter] = await lettersTo(null, email);
    expect(letter!.subject).toMatch(/^.+’s appointment (today|tomorrow|on )/);
    expect(letter!.body).toContain('https://steadyhand.test/carer');
    expect(letter!.body).not.toMatch(/my-care|consultation|treatment/);
  });

  it('are one query when nothing is due, by the index of what is due', async () => {
    const { db, counted } = countedDb(world.workerUrl);
    await planned();
    await remind();
    const [, queries] = await counted(() => remindOfAppointments(db, SITE));
    expect(queries).toBe(1);
    const plan = await world.owner.transaction().execute(async (trx) => {
      await sql`SET LOCAL enable_seqscan = off`.execute(trx);
      const { rows } = await sql<{ 'QUERY PLAN': string }>`
        EXPLAIN SELECT 1 FROM reminder WHERE outcome IS NULL AND due_at <= app_now() ORDER BY due_at LIMIT 500`.execute(
        trx,
      );
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).toMatch(/Index (Only )?Scan using reminder_due/);
    expect(plan).not.toContain('Sort');
  });
});

describe('who has no e-mail address', () => {
  it('stands on the list of the desk until somebody has told them', async () => {
    const { db, joe, elsewhere, owner } = world;
    const { id, start } = await bookNew(world);
    await bookNew(world, { email: 'oona@example.test', familyName: 'Other' }, 3);
    await planReminders(worker, id);
    await moveClockTo(owner, local(start).subtract({ days: 1 }).with({ hour: 9 }).toInstant());
    await remind();
    const toTell = async () => (await readDay(db, joe, null)).toTell.map((visit) => visit.id);
    expect(await toTell()).toEqual([id]);
    expect((await readDay(db, elsewhere, null)).toTell).toEqual([]);
    await giveWord(db, joe, { appointmentId: id, word: 'will_come' });
    expect(await toTell()).toEqual([]);
    const day = await readDay(db, joe, local(start).toPlainDate().toString());
    expect(day.practitioners.flatMap(({ visits }) => visits).find((visit) => visit.id === id)!.word).toBe(
      'Will come',
    );
    expect(day.toTell).toEqual([]);
  });

  it('or until a letter is in the post, once; it names no treatment, and a visit that moves is told anew', async () => {
    const { db, joe, elsewhere, owner } = world;
    const { id, start } = await bookNew(world, { familyName: 'Postlethwaite' }, 120);
    await moveClockTo(owner, local(start).subtract({ days: 1 }).with({ hour: 9 }).toInstant());
    const toTell = async () => (await readDay(db, joe, null)).toTell.map((visit) => visit.id);
    expect(await toTell()).toContain(id);
    const letter = await readLetter(db, joe, id);
    expect(letter).toMatchObject({ isOpen: true, visit: 'appointment' });
    expect(JSON.stringify(letter)).not.toMatch(/consultation|treatment|botox/i);
    await expect(readLetter(db, elsewhere, id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(postLetter(db, elsewhere, { appointmentId: id })).rejects.toMatchObject({
      code: 'not_found',
    });
    await postLetter(db, joe, { appointmentId: id });
    await expect(postLetter(db, joe, { appointmentId: id })).rejects.toMatchObject({
      code: 'already_written',
    });
    expect(await toTell()).not.toContain(id);
  });

  it('who has an address and no account is reminded, and told to call', async () => {
    const { owner } = world;
    const email = 'by-telephone@example.test';
    const visit = await bookNew(world, { email, familyName: 'Quince' }, 60);
    await planReminders(worker, visit.id);
    await moveClockTo(owner, local(visit.start).subtract({ days: 2 }).with({ hour: 20 }).toInstant());
    await remind();
    const [letter] = await lettersTo(null, email);
    expect(letter!.body).toContain('You have no account with us yet');
    expect(letter!.body).not.toContain('/my-care/');
  });
});
