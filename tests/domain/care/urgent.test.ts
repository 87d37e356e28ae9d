import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { acknowledgeUrgent } from '#lib/server/domain/care/acknowledge-urgent.ts';
import { climbUrgent } from '#lib/server/domain/care/climb-urgent.ts';
import { readUrgentPage } from '#lib/server/domain/care/my-care.ts';
import { reportUrgent } from '#lib/server/domain/care/report-urgent.ts';
import { answerTimes } from '#lib/server/domain/care/urgent.ts';
import { readOperatorUrgent, readUrgentBoard } from '#lib/server/domain/care/urgent-reads.ts';
import { databaseError, openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { later, passTime, setClock } from '../../builders/act.ts';
import {
  bookTreatment,
  consulted,
  giveConsent,
  prescribe,
  startTreatment,
  treat,
  type Treatment,
} from '../../builders/care.ts';
import { clinicMember, patient, practitioner, staffMember } from '../../builders/people.ts';
import { practise } from '../../builders/places.ts';
import { afterFile } from '../../harness/after.ts';
import { countedDb } from '../../harness/counted.ts';
import { as, expectRefusal, openWorld, type World } from './world.ts';

let world: World;
let worker: Db;
beforeAll(async () => {
  world = await openWorld();
  worker = openDb(openPool(world.workerUrl, { max: 4, onError: () => {} }));
  afterFile(() => worker.destroy());
});

const publicUrl = new URL('https://steadyhand.example');
const climb = () => climbUrgent(worker, publicUrl);

/** Somebody treated by the injector under the prescriber, who writes at this time of a later day (UTC, as Leeds in winter). */
async function written(at = '09:00', message = 'My left lid hangs.') {
  const { owner, town } = world;
  await passTime(owner, { hours: 3 });
  const consultation = await consulted(owner, {
    patient: await patient(owner),
    prescriber: town.prescriber,
    where: town.leeds,
  });
  const consent = await giveConsent(owner, await prescribe(owner, consultation, { injector: town.injector }));
  await passTime(owner, { hours: 50 });
  const treatment = await bookTreatment(owner, consent, await later(owner));
  await treat(owner, treatment);
  const day = (await later(owner, { hours: 30 })).toZonedDateTimeISO('UTC').toPlainDate();
  await setClock(owner, `${day.toString()}T${at}:00Z`);
  const contactId = await write(treatment, message);
  return { treatment, contactId, me: as(treatment.patient) };
}

async function write(treatment: Treatment, message: string): Promise<string> {
  await reportUrgent(world.db, { desk: 'https://steadyhand.example/desk' }, as(treatment.patient), {
    treatmentId: treatment.id,
    message,
    phone: '07700 900111',
  });
  const { id } = await world.owner
    .selectFrom('urgent_contact')
    .where('treatment_appointment_id', '=', treatment.id)
    .select('id')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  return id;
}

const rungs = async (contactId: string) =>
  (
    await world.owner
      .selectFrom('urgent_step')
      .where('contact_id', '=', contactId)
      .select('rung')
      .orderBy('nth')
      .execute()
  ).map(({ rung }) => rung);

const addressOf = async ({ accountId }: { accountId: string }) =>
  (
    await world.owner
      .selectFrom('account')
      .where('id', '=', accountId)
      .select('email')
      .executeTakeFirstOrThrow()
  ).email;

/** The letters to somebody, the newest first. */
async function lettersTo(somebody: { accountId: string }) {
  return world.owner
    .selectFrom('mail_message')
    .where('to_address', '=', await addressOf(somebody))
    .select(['id', 'subject', 'body'])
    .orderBy('id', 'desc')
    .execute();
}

describe('an urgent message that nobody answers', () => {
  it('climbs by day after one, two and three hours, and tells each by a letter', async () => {
    const { owner, town, db } = world;
    const desk = await clinicMember(owner, town.leeds);
    const operator = await staffMember(owner, 'operator');
    const { contactId, me, treatment } = await written('09:00');
    const before = (await lettersTo(town.prescriber)).length;
    expect(await rungs(contactId)).toEqual(['injector']);

    await passTime(owner, { minutes: 59 });
    await climb();
    expect(await rungs(contactId)).toEqual(['injector']);
    await passTime(owner, { minutes: 2 });
    // Two workers at once, and one again.
    await Promise.all([climb(), climb()]);
    await climb();
    expect(await rungs(contactId)).toEqual(['injector', 'prescriber']);
    expect(await lettersTo(town.prescriber)).toHaveLength(before + 1);
    expect((await readOperatorUrgent(db, as(operator))).open).toEqual([]);

    await passTime(owner, { hours: 1 });
    await climb();
    const [toDesk] = await lettersTo(desk);
    expect(toDesk?.body).toContain('The duty practitioner');
    const [toPatient] = await lettersTo(treatment.patient);
    expect(toPatient?.body).toContain('+44 113 496 0999');
    expect(toPatient?.body).toContain('call 999');

    await passTime(owner, { hours: 1 });
    await climb();
    await climb();
    expect(await rungs(contactId)).toEqual(['injector', 'prescriber', 'cover', 'operator']);
    expect(await lettersTo(operator)).toHaveLength(1);
    const letters = [await lettersTo(operator), await lettersTo(desk), (await lettersTo(town.prescriber))[0]];
    expect(JSON.stringify(letters)).not.toMatch(/lid|07700/);

    const { contacts } = await readUrgentPage(db, me, treatment.id);
    expect(contacts[0]!.told.map(({ who, at }) => `${who}, ${at}`)).toEqual([
      expect.stringMatching(/\(who treated you\), .*09:00$/),
      expect.stringMatching(/\(your prescriber\), .*10:01$/),
      expect.stringMatching(/^The duty practitioner \(who covers for them\), .*11:01$/),
      expect.stringMatching(/^Steadyhand \(our own people\), .*12:01$/),
    ]);

    const board = await readOperatorUrgent(db, as(operator));
    expect(board.open.map(({ id, message, isLate, next }) => [id, message, isLate, next])).toEqual([
      [contactId, 'My left lid hangs.', true, null],
    ]);
    await acknowledgeUrgent(db, as(operator), { contactId });
    expect((await readUrgentPage(db, me, treatment.id)).contacts[0]!.seen).toMatch(/12:01$/);
    expect((await readOperatorUrgent(db, as(operator))).answered[0]?.answered?.by).toBe('Steadyhand');
    await expectRefusal(acknowledgeUrgent(db, as(town.prescriber), { contactId }), 'already_written');
  });

  it('has twelve hours by night, and the operator hears an hour after them', async () => {
    const { contactId } = await written('23:00');
    await passTime(world.owner, { hours: 5, minutes: 59 });
    await climb();
    expect(await rungs(contactId)).toEqual(['injector']);
    await passTime(world.owner, { hours: 7, minutes: 2 });
    // The worker stood still: what is due is told in order, each once.
    await climb();
    expect(await rungs(contactId)).toEqual(['injector', 'prescriber', 'cover', 'operator']);
  });

  it('stops where somebody answers, and reaches nobody who has no part in it', async () => {
    const { owner, db, town } = world;
    const { contactId } = await written();
    for (const stranger of [await patient(owner), town.otherPrescriber, await staffMember(owner, 'operator')])
      await expectRefusal(acknowledgeUrgent(db, as(stranger), { contactId }), 'not_found');
    await expectRefusal(readUrgentBoard(db, as(await patient(owner))), 'not_found');
    expect((await readUrgentBoard(db, as(town.otherPrescriber))).open).toEqual([]);

    const [mine] = (await readUrgentBoard(db, as(town.injector))).open.filter(({ id }) => id === contactId);
    expect(mine).toMatchObject({ age: 'less than a minute', isLate: false, phone: '07700 900111' });
    await acknowledgeUrgent(db, as(town.injector), { contactId });
    await passTime(owner, { hours: 10 });
    await climb();
    expect(await rungs(contactId)).toEqual(['injector']);
  });

  it('is for the cover to answer where the cover works here too, once it was told', async () => {
    const { owner, db, town } = world;
    const cover = await practitioner(owner, 'doctor');
    await practise(owner, cover, town.leeds);
    await sql`UPDATE practitioner SET out_of_hours_name = (SELECT display_name FROM practitioner WHERE id = ${cover.id})
               WHERE id = ${town.injector.id}`.execute(owner);
    const { contactId } = await written('13:00');
    expect((await readUrgentBoard(db, as(cover))).open).toEqual([]);
    await passTime(owner, { hours: 2 });
    await climb();
    const { open } = await readUrgentBoard(db, as(cover));
    // Whoever covers calls the patient; the record stays with who treated.
    expect(open.map(({ id, appointmentId }) => [id, appointmentId])).toEqual([[contactId, null]]);
    expect(await lettersTo(cover)).toHaveLength(1);
    await acknowledgeUrgent(db, as(cover), { contactId });
    await passTime(owner, { hours: 2 });
    await climb();
    expect(await rungs(contactId)).toEqual(['injector', 'prescriber', 'cover']);
  });
});

it('one message that cannot be told of does not keep the others waiting, and the job says that it failed', async () => {
  const { owner } = world;
  const { contactId: broken } = await written();
  const { contactId } = await written('09:30');
  await sql`
    CREATE FUNCTION refuse_letter() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no paper'; END $$`.execute(
    owner,
  );
  await sql
    .raw(
      `
    CREATE TRIGGER refuse_letter BEFORE INSERT ON urgent_step FOR EACH ROW WHEN (NEW.contact_id = '${broken}' AND NEW.nth > 1)
      EXECUTE FUNCTION refuse_letter()`,
    )
    .execute(owner);
  await passTime(owner, { hours: 1, minutes: 1 });
  await expect(climb()).rejects.toThrow('no paper');
  expect([await rungs(broken), await rungs(contactId)]).toEqual([['injector'], ['injector', 'prescriber']]);
  await sql`DROP TRIGGER refuse_letter ON urgent_step`.execute(owner);
});

it('says within which time somebody answers, of several places the longest', () => {
  const waits = (day: number, night: number) => ({
    urgent_injector_minutes_day: day,
    urgent_prescriber_minutes_day: 30,
    urgent_injector_minutes_night: night,
    urgent_prescriber_minutes_night: 60,
  });
  expect(answerTimes([waits(30, 300)])).toEqual({ day: '1 hour', night: '6 hours' });
  expect(answerTimes([waits(30, 300), waits(45, 60)])).toEqual({ day: '75 minutes', night: '6 hours' });
});

describe('how long it waits', () => {
  const policy = (key: string, minutes: number) =>
    sql`INSERT INTO policy_row (jurisdiction, key, value, status, source, source_date)
        VALUES ('england', ${key}, to_jsonb(${minutes}::int), 'sourced', 'A law of this test', '2026-01-01')`.execute(
      world.owner,
    );
  const afterMinutes = async (minutes: number) => {
    await passTime(world.owner, { minutes });
    await climb();
  };

  it('is what the law of the place says at the moment it is sent, never longer than the floor', async () => {
    const { owner } = world;
    const { contactId: before } = await written('09:00');
    await policy('urgent_injector_minutes_day', 10);
    await policy('urgent_prescriber_minutes_day', 400);
    await policy('urgent_cover_minutes', 15);
    const { contactId } = await written('09:00');
    // What was sent before has climbed by its own times, days ago.
    await climb();
    expect(await rungs(before)).toHaveLength(4);
    expect(await rungs(contactId)).toEqual(['injector']);
    await afterMinutes(9);
    expect(await rungs(contactId)).toEqual(['injector']);
    await afterMinutes(1);
    expect(await rungs(contactId)).toEqual(['injector', 'prescriber']);
    await afterMinutes(59);
    expect(await rungs(contactId)).toEqual(['injector', 'prescriber']);
    await afterMinutes(1);
    expect(await rungs(contactId)).toEqual(['injector', 'prescriber', 'cover']);
    await afterMinutes(15);
    expect(await rungs(contactId)).toEqual(['injector', 'prescriber', 'cover', 'operator']);

    // A rule that changes while a message waits changes nothing of it.
    const { contactId: waiting } = await written('09:00');
    await sql`DELETE FROM policy_row WHERE source = 'A law of this test'`.execute(owner);
    await afterMinutes(10);
    expect(await rungs(waiting)).toEqual(['injector', 'prescriber']);
    const { contactId: later } = await written('09:00');
    await afterMinutes(59);
    expect(await rungs(later)).toEqual(['injector']);
  });

  it('is told to the operators, who are the last', async () => {
    const { owner, db } = world;
    const operator = await staffMember(owner, 'operator');
    const { contactId } = await written('09:00');
    await passTime(owner, { hours: 3 });
    await climb();
    const found = (await readOperatorUrgent(db, as(operator))).open.find(({ id }) => id === contactId);
    expect(found).toMatchObject({ next: null, last: '13:00' });
  });
});

describe('what the database refuses the worker itself', () => {
  const refusedBy = async (contactId: string, nth: number) => {
    const error = await worker
      .insertInto('urgent_step')
      .values({ contact_id: contactId, nth })
      .execute()
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    return error && databaseError(error)?.constraint;
  };

  it('a step too early, one passed over, one twice, a fifth, one after an answer', async () => {
    const { owner, db, town } = world;
    const { contactId } = await written();
    expect(await refusedBy(contactId, 2)).toBe('urgent_step_due');
    await passTime(owner, { hours: 5 });
    expect(await refusedBy(contactId, 3)).toBe('urgent_step_order');
    expect(await refusedBy(contactId, 2)).toBeUndefined();
    expect(await refusedBy(contactId, 2)).toBe('urgent_step_once');
    await climb();
    await refusedBy(contactId, 5);
    expect(await rungs(contactId)).toHaveLength(4);
    const { contactId: other } = await written();
    await acknowledgeUrgent(db, as(town.prescriber), { contactId: other });
    await passTime(owner, { hours: 5 });
    expect(await refusedBy(other, 2)).toBe('urgent_step_open');
  });
});

describe('the board', () => {
  it('takes the same queries for one message and for three, the oldest first', async () => {
    const { treatment, contactId } = await written('09:00');
    const { db, counted } = countedDb(world.appUrl);
    const mine = (board: Awaited<ReturnType<typeof readUrgentBoard>>) =>
      board.open.filter(({ treated }) => treated.length > 0).map(({ id }) => id);
    const [, few] = await counted(() => readUrgentBoard(db, as(world.town.prescriber)));
    await passTime(world.owner, { minutes: 5 });
    const second = await write(treatment, 'It is worse.');
    const third = await write(treatment, 'My head hurts, too.');
    const [board, more] = await counted(() => readUrgentBoard(db, as(world.town.prescriber)));
    expect(more).toBe(few);
    expect(mine(board).slice(-3)).toEqual([contactId, second, third]);
    await db.destroy();
  });
});

it('is taken from the start of a treatment on, whether or not anybody has signed what was given', async () => {
  const { owner, db, town } = world;
  await passTime(owner, { hours: 3 });
  const who = await patient(owner);
  const consultation = await consulted(owner, {
    patient: who,
    prescriber: town.prescriber,
    where: town.leeds,
  });
  const consent = await giveConsent(owner, await prescribe(owner, consultation));
  await passTime(owner, { hours: 50 });
  const treatment = await bookTreatment(owner, consent, await later(owner));
  await expectRefusal(readUrgentPage(db, as(who), treatment.id), 'not_found');
  await startTreatment(owner, treatment);
  await write(treatment, 'I feel faint.');
  const { contacts } = await readUrgentPage(db, as(who), treatment.id);
  expect(contacts.map(({ message }) => message)).toEqual(['I feel faint.']);
});
