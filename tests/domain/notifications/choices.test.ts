import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { recordDeath, takeBackDeath } from '#lib/server/domain/reception/record-death.ts';
import { readDay, readPerson } from '#lib/server/domain/reception/reads.ts';
import { chooseMessages } from '#lib/server/domain/notifications/choose-messages.ts';
import { choicesForm } from '#lib/server/domain/notifications/message-input.ts';
import { readMessageChoices, readStop } from '#lib/server/domain/notifications/reads.ts';
import { releaseWaitingMail } from '#lib/server/domain/notifications/release-waiting.ts';
import { planReminders } from '#lib/server/domain/notifications/plan-reminders.ts';
import { remindOfAppointments } from '#lib/server/domain/notifications/remind.ts';
import { sendDaySheets } from '#lib/server/domain/notifications/send-day-sheets.ts';
import { readDaySheet } from '#lib/server/domain/reception/day-sheet.ts';
import { sendMail } from '#lib/server/domain/notifications/send-mail.ts';
import { setLetters } from '#lib/server/domain/notifications/stop-letters.ts';
import { OPTIONAL_KINDS, type LetterKind } from '#lib/server/domain/shared/letter-kinds.ts';
import { queueMail } from '#lib/server/domain/shared/queue-mail.ts';
import { icsOfEntry } from '#lib/server/interop/ics/event.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import type { OutgoingMail } from '#lib/server/platform/mail.ts';
import { account, patient } from '../../builders/people.ts';
import { afterFile } from '../../harness/after.ts';
import { booked } from '../booking/booked.ts';
import { as, slots } from '../booking/world.ts';
import { bookNew, moveClockTo, openDesk, type DeskWorld } from '../reception/world.ts';

const CONTACT = { email: 'help@steadyhand.test', page: 'https://steadyhand.test/contact' };

const SITE = new URL('https://steadyhand.test');
let world: DeskWorld;
let worker: Db;
beforeAll(async () => {
  world = await openDesk();
  worker = openDb(openPool(world.workerUrl, { max: 4, onError: () => {} }));
  afterFile(() => worker.destroy());
});

const letter = { subject: 'Hello', opening: ['something.'] };
/** A letter of some kind to an address, by the worker. */
const write = (kind: LetterKind, toAddress: string, patientId: string | null = null) =>
  worker
    .transaction()
    .execute((trx) => queueMail(trx, { kind, toAddress, toName: 'Ada', letter, patientId, publicUrl: SITE }));

const newest = (address: string) =>
  world.owner
    .selectFrom('mail_message')
    .selectAll()
    .where('to_address', '=', address)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
const jobsFor = async (mailId: string) => {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM graphile_worker._private_jobs WHERE payload ->> 'mailId' = ${mailId}`.execute(
    world.owner,
  );
  return rows[0]!.n;
};
const secretIn = (body: string) => /stop\?secret=([\w-]+)/.exec(body)![1]!;
const somebody = async () => {
  const { accountId } = await patient(world.owner);
  const { email } = await world.owner
    .selectFrom('account')
    .select('email')
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow();
  return { accountId, email, actor: as({ accountId }) };
};
const choices = (about: Record<string, unknown> = {}) =>
  choicesForm.parse({ wanted: [...OPTIONAL_KINDS], timeZone: 'Europe/London', ...about });

describe('what a reader may do without', () => {
  it('is declined on a page, and comes again', async () => {
    const { actor, email } = await somebody();
    expect((await readMessageChoices(world.db, actor)).wanted).toEqual(
      OPTIONAL_KINDS.filter((kind) => kind !== 'day_sheet'),
    );
    await chooseMessages(world.db, actor, choices({ wanted: ['reminder_week'] }));
    expect((await readMessageChoices(world.db, actor)).wanted).toEqual(['reminder_week']);
    expect([await write('review_request', email), await write('reminder_week', email)]).toEqual([
      false,
      true,
    ]);
    expect(await write('appointment_cancelled', email)).toBe(true);
    await chooseMessages(world.db, actor, choices());
    expect(await write('review_request', email)).toBe(true);
  });

  it('goes with somebody to a new address', async () => {
    const { actor, accountId } = await somebody();
    await chooseMessages(world.db, actor, choices({ wanted: [] }));
    await world.owner
      .updateTable('account')
      .set({ email: `new-${accountId}@example.test` })
      .where('id', '=', accountId)
      .execute();
    expect((await readMessageChoices(world.db, actor)).wanted).toEqual([]);
    expect(await write('review_request', `new-${accountId}@example.test`)).toBe(false);
  });

  it('is stopped by who holds the letter, for that address and kind alone; looking changes nothing', async () => {
    const [one, other] = [await somebody(), await somebody()];
    for (const { email } of [one, other]) await write('review_request', email);
    const secret = secretIn((await newest(one.email)).body);
    expect(await readStop(world.db, secret)).toMatchObject({ isStopped: false });
    expect(await write('review_request', one.email)).toBe(true);
    expect(await setLetters(world.db, secret, true)).toBe('review_request');
    expect(await setLetters(world.db, secret, true)).toBe('review_request');
    expect(await readStop(world.db, secret)).toMatchObject({ isStopped: true });
    expect(await write('review_request', one.email)).toBe(false);
    expect(await write('reminder_last', one.email)).toBe(true);
    expect(await write('review_request', other.email)).toBe(true);
    await setLetters(world.db, secret, false);
    expect(await write('review_request', one.email)).toBe(true);
    await expect(setLetters(world.db, 'A'.repeat(32), true)).rejects.toMatchObject({ code: 'not_found' });
    const { rows } = await sql<{
      n: number;
    }>`SELECT count(*)::int AS n FROM mail_message WHERE encode(stop_hash, 'escape') LIKE ${`%${secret}%`}`.execute(
      world.owner,
    );
    expect(rows[0]!.n).toBe(0);
  });

  it('carries the headers of one press, and what everybody gets carries none', async () => {
    const { email } = await somebody();
    const sent: OutgoingMail[] = [];
    const transport = {
      sender: { name: 'Steadyhand', address: 'letters@steadyhand.test' },
      contact: CONTACT,
      send: (mail: OutgoingMail) => Promise.resolve(void sent.push(mail)),
      close: () => {},
    };
    await write('reminder_week', email);
    await sendMail(worker, transport, icsOfEntry, (await newest(email)).id);
    await write('appointment_confirmed', email);
    await sendMail(worker, transport, icsOfEntry, (await newest(email)).id);
    expect(sent.map(({ stop }) => stop)).toEqual([
      expect.stringMatching(
        /^https:\/\/steadyhand\.test\/account\/messages\/stop\/one-click\?secret=[\w-]{32}$/,
      ),
      null,
    ]);
    expect(sent.map(({ html }) => html?.includes('<h1'))).toEqual([true, true]);
  });

  it('never takes a reminder for one who was told by nobody: it is not needed, not unaddressed', async () => {
    const times = (await slots(world)).map(({ start }) => start);
    const visit = await booked(world, times.at(200)!);
    await planReminders(worker, visit.appointmentId);
    await chooseMessages(world.db, as(visit.person), choices({ wanted: [] }));
    await moveClockTo(world.owner, visit.start.subtract({ hours: 47 }));
    await remindOfAppointments(worker, SITE);
    const { rows } = await sql<{ outcome: string }>`
      SELECT DISTINCT outcome FROM reminder WHERE appointment_id = ${visit.appointmentId} AND outcome IS NOT NULL`.execute(
      world.owner,
    );
    expect(rows).toEqual([{ outcome: 'not_needed' }]);
  });
});

describe('the day sheet', () => {
  it('is announced in the morning where they work, once, to who asked for it and sees somebody', async () => {
    const { owner, town } = world;
    const times = (await slots(world)).map(({ start }) => start);
    const visit = await booked(world, times.at(300)!);
    const morning = visit.start.toZonedDateTimeISO('Europe/London').with({ hour: 7, minute: 1 });
    const { email } = await owner
      .selectFrom('account')
      .select('email')
      .where('id', '=', town.prescriber.accountId)
      .executeTakeFirstOrThrow();
    const sheets = async () =>
      (
        await owner
          .selectFrom('mail_message')
          .select('body')
          .where('to_address', '=', email)
          .where('kind', '=', 'day_sheet')
          .execute()
      ).map(({ body }) => body);
    await moveClockTo(owner, morning.subtract({ minutes: 10 }).toInstant());
    await chooseMessages(world.db, as(town.prescriber), choices());
    expect((await readMessageChoices(world.db, as(town.prescriber))).wanted).toContain('day_sheet');
    await sendDaySheets(worker, SITE);
    expect(await sheets()).toEqual([]);
    await moveClockTo(owner, morning.toInstant());
    await sendDaySheets(worker, SITE);
    await sendDaySheets(worker, SITE);
    const [body, ...others] = await sheets();
    expect(others).toEqual([]);
    expect(body).toContain(`https://steadyhand.test/desk/day-sheet?day=${morning.toPlainDate().toString()}`);
    const day = morning.toPlainDate().toString();
    const sheet = await readDaySheet(world.db, as(town.prescriber), day);
    const line = sheet.practitioners
      .flatMap(({ visits }) => visits)
      .find(({ id }) => id === visit.appointmentId)!;
    expect(body).not.toContain(line.who);
    // The same day as the desk reads it, and nobody else.
    expect(
      (await readDaySheet(world.db, world.joe, day)).practitioners.flatMap(({ visits }) => visits),
    ).toContainEqual(line);
    expect(
      (await readDaySheet(world.db, as(town.otherPrescriber), day)).practitioners.flatMap(({ visits }) =>
        visits.map(({ id }) => id),
      ),
    ).not.toContain(visit.appointmentId);
    await expect(readDaySheet(world.db, as(visit.person), day)).rejects.toMatchObject({ code: 'not_found' });
    const { rows } = await sql<{
      n: number;
    }>`SELECT count(*)::int AS n FROM audit WHERE action = 'day_sheet.read' AND stream = ${`patient:${visit.person.id}`}`.execute(
      owner,
    );
    expect(rows[0]!.n).toBe(2);
    await setLetters(world.db, secretIn(body!), true);
    expect((await readMessageChoices(world.db, as(town.prescriber))).wanted).not.toContain('day_sheet');
  });
});

describe('quiet hours', () => {
  it.each([
    ['2027-06-01T22:30:00', 21, 8, '2027-06-02T08:00:00'],
    ['2027-06-02T03:00:00', 21, 8, '2027-06-02T08:00:00'],
    ['2027-06-02T08:00:00', 21, 8, null],
    ['2027-06-02T20:59:00', 21, 8, null],
    ['2027-06-02T13:30:00', 13, 15, '2027-06-02T15:00:00'],
    // The clocks go back at two: the morning is an hour later than the night is long.
    ['2027-11-06T23:30:00', 22, 7, '2027-11-07T07:00:00'],
  ])('at %s, from %i until %i', async (local, from, until, end) => {
    const zone = 'America/New_York';
    const { actor, email } = await somebody();
    await chooseMessages(
      world.db,
      actor,
      choices({ quietFrom: String(from), quietUntil: String(until), timeZone: zone }),
    );
    const at = Temporal.PlainDateTime.from(local).toZonedDateTime(zone).toInstant();
    const { rows } = await sql<{
      end: Temporal.Instant | null;
    }>`SELECT quiet_hours_end(${email}, ${at}) AS "end"`.execute(worker);
    expect(rows[0]!.end?.toZonedDateTimeISO(zone).toPlainDateTime().toString() ?? null).toBe(end);
  });

  it('keep back what can wait, once, until they are over, and nothing that cannot', async () => {
    const { actor, email } = await somebody();
    const { rows } = await sql<{ now: Temporal.Instant }>`SELECT app_now() AS now`.execute(world.owner);
    const night = rows[0]!.now
      .toZonedDateTimeISO('Europe/London')
      .add({ days: 1 })
      .with({ hour: 23, minute: 0 });
    await chooseMessages(world.db, actor, choices({ quietFrom: '21', quietUntil: '8' }));
    await moveClockTo(world.owner, night.toInstant());
    await write('consultation_signed', email);
    const waiting = await newest(email);
    expect([waiting.waits_until !== null, await jobsFor(waiting.id)]).toEqual([true, 0]);
    await write('appointment_moved', email);
    const urgent = await newest(email);
    expect([urgent.waits_until, await jobsFor(urgent.id)]).toEqual([null, 1]);
    await releaseWaitingMail(worker);
    expect(await jobsFor(waiting.id)).toBe(0);
    await moveClockTo(world.owner, night.add({ hours: 9, minutes: 1 }).toInstant());
    await releaseWaitingMail(worker);
    await releaseWaitingMail(worker);
    expect(await jobsFor(waiting.id)).toBe(1);
  });

  it.each([
    [{ quietFrom: '21' }, 'quietUntil'],
    [{ quietUntil: '8' }, 'quietFrom'],
    [{ quietFrom: '8', quietUntil: '8' }, 'quietUntil'],
    [{ quietFrom: '8', quietUntil: '21' }, 'quietUntil'],
    [{ timeZone: 'Mars/Olympus' }, 'timeZone'],
    [{ wanted: ['appointment_cancelled'] }, 'wanted'],
  ])('%j is refused beside the field', (typed, field) => {
    const parsed = choicesForm.safeParse({ wanted: [], timeZone: 'Europe/London', ...typed });
    expect(parsed.error?.issues.map(({ path }) => path[0])).toEqual([field]);
  });
});

describe('how', () => {
  it('plain text has no other part; no voicemail is told to the desk', async () => {
    const visit = await booked(world, (await slots(world)).at(150)!.start);
    await chooseMessages(world.db, as(visit.person), choices({ textOnly: 'yes', noVoicemail: 'yes' }));
    const { email } = await world.owner
      .selectFrom('account')
      .select('email')
      .where('id', '=', visit.person.accountId)
      .executeTakeFirstOrThrow();
    await write('appointment_moved', email);
    const sent: OutgoingMail[] = [];
    await sendMail(
      worker,
      {
        sender: { name: 'S', address: 's@steadyhand.test' },
        contact: CONTACT,
        send: (mail) => Promise.resolve(void sent.push(mail)),
        close: () => {},
      },
      icsOfEntry,
      (await newest(email)).id,
    );
    expect([sent[0]!.html, sent[0]!.body.startsWith('Hello Ada,')]).toEqual([null, true]);
    // How we are reached stands at its foot, as it is when it leaves.
    expect(sent[0]!.body).toContain('write to help@steadyhand.test');
    expect(sent[0]!.body).toContain('How to reach us:\nhttps://steadyhand.test/contact');
    const day = await readDay(
      world.db,
      world.joe,
      visit.start.toZonedDateTimeISO('Europe/London').toPlainDate().toString(),
    );
    const shown = day.practitioners
      .flatMap(({ visits }) => visits)
      .find(({ id }) => id === visit.appointmentId)!;
    expect(shown.needs).toContain('no_voicemail');
  });
});

describe('who has died', () => {
  it('is written to no more, nor is who helps them; what was on its way stays; a mistake is taken back', async () => {
    const { owner, db, joe, elsewhere } = world;
    const email = 'gone@example.test';
    const { id } = await bookNew(world, { email, familyName: 'Gone' }, 90);
    const { patient_id: patientId } = await owner
      .selectFrom('appointment')
      .select('patient_id')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    await write('appointment_moved', email, patientId);
    const waiting = await newest(email);
    await expect(
      recordDeath(db, elsewhere, { patientId: patientId!, toldBy: 'family' }),
    ).rejects.toMatchObject({ code: 'not_found' });
    await recordDeath(db, joe, { patientId: patientId!, toldBy: 'family' });
    await expect(recordDeath(db, joe, { patientId: patientId!, toldBy: 'family' })).rejects.toMatchObject({
      code: 'already_written',
    });
    expect((await readPerson(db, joe, patientId!)).diedNotedOn).not.toBeNull();
    expect(await newest(email)).toMatchObject({ id: waiting.id, stopped_why: 'died', sent_at: null });
    const sent: OutgoingMail[] = [];
    await sendMail(
      worker,
      {
        sender: { name: 'S', address: 's@steadyhand.test' },
        contact: CONTACT,
        send: (mail) => Promise.resolve(void sent.push(mail)),
        close: () => {},
      },
      icsOfEntry,
      waiting.id,
    );
    expect(sent).toEqual([]);
    expect(await write('appointment_cancelled', email, patientId)).toBe(false);
    expect(await write('reminder_last', 'carer@example.test', patientId)).toBe(false);
    // Somebody else with that address is alive.
    expect(await write('account_verify', email)).toBe(true);
    await expect(
      worker
        .insertInto('mail_message')
        .values({
          dedupe_key: 'x',
          kind: 'reminder_last',
          to_name: '',
          to_address: email,
          subject: 'x',
          body: 'x',
          patient_id: patientId,
        })
        .execute(),
    ).rejects.toThrow('nobody is written to who has died');
    await takeBackDeath(db, joe, { patientId: patientId! });
    expect(await write('appointment_cancelled', email, patientId)).toBe(true);
  });

  it('and had an account gets no letter there either, of any kind', async () => {
    const visit = await booked(world, (await slots(world)).at(160)!.start);
    const { email } = await world.owner
      .selectFrom('account')
      .select('email')
      .where('id', '=', visit.person.accountId)
      .executeTakeFirstOrThrow();
    await planReminders(worker, visit.appointmentId);
    await recordDeath(world.db, world.joe, { patientId: visit.person.id, toldBy: 'clinic' });
    expect([await write('account_reset', email), await write('review_request', email)]).toEqual([
      false,
      false,
    ]);
    await moveClockTo(world.owner, visit.start.subtract({ hours: 2 }));
    await remindOfAppointments(worker, SITE);
    expect((await readDay(world.db, world.joe, null)).toTell.map(({ id }) => id)).not.toContain(
      visit.appointmentId,
    );
    expect(await account(world.owner)).toBeDefined();
  });
});
