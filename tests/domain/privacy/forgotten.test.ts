import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { readMyPatients } from '#lib/server/domain/care/reads.ts';
import { askToBeForgotten, stayKnown } from '#lib/server/domain/privacy/ask-to-be-forgotten.ts';
import { keepNoLonger } from '#lib/server/domain/privacy/keep-no-longer.ts';
import {
  allowOpening,
  askToOpen,
  lapseOpenings,
  readLockedRecord,
  readLockedRecords,
} from '#lib/server/domain/privacy/locked-records.ts';
import { readPrivacy } from '#lib/server/domain/privacy/reads.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { acting, later, passTime, type Signer } from '../../builders/act.ts';
import type { Treatment } from '../../builders/care.ts';
import { account, patient, staffMember, type Patient } from '../../builders/people.ts';
import { book } from '../../builders/visits.ts';
import { afterFile } from '../../harness/after.ts';
import { as, expectRefusal, openWorld, treatedPatient, viewerOf, type World } from './world.ts';

const publicUrl = new URL('https://steadyhand.example');
const NOTHING = {
  forgotten: 0,
  waiting: 0,
  records: 0,
  authors: 0,
  unconfirmed: 0,
  letters: 0,
  invitations: 0,
};
let world: World;
let worker: Db;
beforeAll(async () => {
  world = await openWorld();
  worker = openDb(openPool(world.workerUrl, { max: 2, onError: () => {} }));
  afterFile(() => worker.destroy());
});

const ask = async (who: Signer) => askToBeForgotten(world.db, await viewerOf(world, who), publicUrl);
const addressOf = async ({ accountId }: Signer) =>
  (
    await world.owner
      .selectFrom('account')
      .where('id', '=', accountId)
      .select('email')
      .executeTakeFirstOrThrow()
  ).email;
const subjectsTo = async (address: string) =>
  (
    await world.owner
      .selectFrom('mail_message')
      .where('to_address', '=', address)
      .select('subject')
      .orderBy('id')
      .execute()
  ).map(({ subject }) => subject);

describe('asking', () => {
  it('waits for visits, and not for who treats others', async () => {
    const who = await patient(world.owner);
    const { prescriber, leeds } = world.town;
    await book(world.owner, { kind: 'consultation', patient: who, who: prescriber, where: leeds });
    await expectRefusal(ask(who), 'erasure_visits_ahead');
    const page = await readPrivacy(world.db, await viewerOf(world, who));
    expect([page.obstacle?.code, page.visits.length, page.forgottenOn]).toEqual([
      'erasure_visits_ahead',
      1,
      null,
    ]);
    await expectRefusal(ask(prescriber), 'erasure_visits_to_give');
    await expectRefusal(ask(await staffMember(world.owner)), 'erasure_by_patients');
  });

  it('is told by letter, once, and can be taken back for a week', async () => {
    const who = await patient(world.owner);
    const address = await addressOf(who);
    await ask(who);
    await expectRefusal(ask(who), 'erasure_asked');
    await passTime(world.owner, { hours: 24 * 6 });
    expect(await keepNoLonger(worker)).toEqual(NOTHING);
    await stayKnown(world.db, await viewerOf(world, who), publicUrl);
    await expectRefusal(stayKnown(world.db, await viewerOf(world, who), publicUrl), 'not_now');
    await passTime(world.owner, { hours: 24 * 2 });
    expect(await keepNoLonger(worker)).toEqual(NOTHING);
    expect(await addressOf(who)).toBe(address);
    expect(await subjectsTo(address)).toEqual(['You asked us to forget you', 'Your account stays']);
  });

  it('waits where a visit was booked meanwhile', async () => {
    const who = await patient(world.owner);
    await ask(who);
    const { otherPrescriber, leeds } = world.town;
    await passTime(world.owner, { hours: 24 * 7 + 1 });
    await book(world.owner, { kind: 'consultation', patient: who, who: otherPrescriber, where: leeds });
    expect(await keepNoLonger(worker)).toEqual({ ...NOTHING, waiting: 1 });
    await stayKnown(world.db, await viewerOf(world, who), publicUrl);
  });

  it('is looked at again after an hour, two, four and then once a day, while something is in the way', async () => {
    const who = await patient(world.owner);
    await ask(who);
    await passTime(world.owner, { hours: 24 * 7 + 1 });
    const { otherPrescriber, leeds } = world.town;
    await book(world.owner, { kind: 'consultation', patient: who, who: otherPrescriber, where: leeds });
    for (const hours of [1, 2, 4, 8, 16, 24, 24]) {
      expect((await keepNoLonger(worker)).waiting).toBe(1);
      await passTime(world.owner, { minutes: hours * 60 - 1 });
      expect((await keepNoLonger(worker)).waiting).toBe(0);
      await passTime(world.owner, { minutes: 1 });
    }
    await sql`UPDATE appointment SET state = 'cancelled', cancelled_by = 'patient' WHERE patient_id = ${who.id}`.execute(
      world.owner,
    );
    expect(await keepNoLonger(worker)).toEqual({ ...NOTHING, forgotten: 1 });
  });

  it('keeps nobody else back: not when fifty wait for something in their way', async () => {
    const { otherPrescriber, leeds } = world.town;
    const waiting: Patient[] = [];
    for (let nth = 0; nth < 50; nth += 1) waiting.push(await patient(world.owner));
    for (const one of waiting) await ask(one);
    await passTime(world.owner, { minutes: 1 });
    const last = await patient(world.owner);
    await ask(last);
    await passTime(world.owner, { hours: 24 * 7 });
    for (const [nth, one] of waiting.entries())
      await book(world.owner, {
        kind: 'consultation',
        patient: one,
        who: otherPrescriber,
        where: leeds,
        at: await later(world.owner, { hours: nth + 2 }),
      });
    await passTime(world.owner, { minutes: 1 });
    expect(await keepNoLonger(worker)).toEqual({ ...NOTHING, waiting: 50 });
    expect(await keepNoLonger(worker)).toEqual({ ...NOTHING, forgotten: 1 });
    for (const one of waiting) await stayKnown(world.db, await viewerOf(world, one), publicUrl);
  });

  it('keeps nobody else back: not when one of them cannot be forgotten for a fault of ours', async () => {
    const [broken, sound] = [await patient(world.owner), await patient(world.owner)];
    await ask(broken);
    await ask(sound);
    await passTime(world.owner, { hours: 24 * 7 + 1 });
    await sql`CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$`.execute(
      world.owner,
    );
    await sql`CREATE TRIGGER fails BEFORE UPDATE ON account FOR EACH ROW WHEN (OLD.id = ${sql.lit(broken.accountId)}) EXECUTE FUNCTION fails()`.execute(
      world.owner,
    );
    await expect(keepNoLonger(worker)).rejects.toThrow('could not be removed');
    const done = await world.owner
      .selectFrom('erasure')
      .where('account_id', 'in', [broken.accountId, sound.accountId])
      .select(['account_id', 'done_at', 'tries'])
      .execute();
    expect(
      done.map(({ account_id: id, done_at: at, tries }) => [id === sound.accountId, at !== null, tries]),
    ).toEqual(
      expect.arrayContaining([
        [true, true, 0],
        [false, false, 1],
      ]),
    );
    await sql`DROP TRIGGER fails ON account`.execute(world.owner);
    await passTime(world.owner, { hours: 2 });
    expect(await keepNoLonger(worker)).toEqual({ ...NOTHING, forgotten: 1 });
  });
});

describe('what guards a row', () => {
  it('lets it be forgotten: every function that freezes or checks one of these knows of it', async () => {
    const { rows } = await sql<{ guard: string }>`
      SELECT DISTINCT t.tgrelid::regclass || ' by ' || p.proname AS guard FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
       WHERE NOT t.tgisinternal AND t.tgtype & 3 = 3 AND p.prosrc NOT LIKE '%is_erasing()%'
         AND t.tgrelid::regclass::text = ANY (ARRAY['appointment', 'patient', 'consultation_question', 'consultation_finding', 'risk_disclosure',
           'injection_point', 'planned_vial', 'portfolio_picture', 'portfolio_rendition', 'batch_quarantine', 'credential', 'vetting_case', 'complaint_handler'])`.execute(
      world.owner,
    );
    // That one lets everything change but where the prescriber was, which nothing forgets.
    expect(rows).toEqual([{ guard: 'appointment by treatment_prescriber_place' }]);
  });
});

describe('somebody without a record', () => {
  it('is gone but for ids, and their address is free', async () => {
    const who = await patient(world.owner);
    const address = await addressOf(who);
    await answered(who);
    await ask(who);
    await passTime(world.owner, { hours: 24 * 7 + 1 });
    expect(await keepNoLonger(worker)).toEqual({ ...NOTHING, forgotten: 1 });
    expect(await keepNoLonger(worker)).toEqual(NOTHING);
    const row = await world.owner
      .selectFrom('patient')
      .selectAll()
      .where('id', '=', who.id)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      given_name: 'Forgotten',
      family_name: 'person',
      email: null,
      phone: null,
      date_of_birth: `${who.dateOfBirth.slice(0, 4)}-01-01`,
    });
    expect(await subjectsTo(address)).toEqual([]);
    expect(await countOf('health_answers', who.id)).toBe(0);
    expect(await countOf('record_lock', who.id)).toBe(0);
    expect(await account(world.owner, { email: address })).toBeDefined();
  });
});

describe('somebody with a record', () => {
  let treatment: Treatment;
  let name: string;
  let operators: [Signer, Signer];
  beforeAll(async () => {
    treatment = await treatedPatient(world);
    const { patient: who } = treatment;
    const row = await world.owner
      .selectFrom('patient')
      .select(['given_name', 'family_name'])
      .where('id', '=', who.id)
      .executeTakeFirstOrThrow();
    name = row.family_name;
    operators = [await staffMember(world.owner, 'operator'), await staffMember(world.owner, 'operator')];
    expect((await readPrivacy(world.db, await viewerOf(world, who))).keptUntil).toMatch(/^\d+ \w+ 20\d\d$/);
    await ask(who);
    await passTime(world.owner, { hours: 24 * 7 + 1 });
    expect(await keepNoLonger(worker)).toEqual({ ...NOTHING, forgotten: 1 });
  });

  it('has it locked away: nobody sees it, who wrote it neither, and no list names them', async () => {
    const { prescriber, injector } = world.town;
    for (const who of [prescriber, injector, operators[0]]) {
      const rows = await acting(world.db, who, (trx) =>
        trx
          .selectFrom('treatment_record')
          .where('patient_id', '=', treatment.patient.id)
          .select('id')
          .execute(),
      );
      expect(rows).toEqual([]);
    }
    expect(JSON.stringify(await readMyPatients(world.db, as(prescriber)))).not.toContain(name);
  });

  it('is read by two operators together, for an hour, with who it is about', async () => {
    const [one, two] = operators;
    const { id } = treatment.patient;
    const read = (who: Signer) => readLockedRecord(world.db, as(who), id, publicUrl);
    await expectRefusal(read(one), 'not_found');
    await askToOpen(world.db, as(one), { patientId: id, reason: 'A court has asked for it.' });
    await expectRefusal(read(one), 'not_found');
    const { records } = await readLockedRecords(world.db, as(two));
    const openingId = records.find(({ patientId }) => patientId === id)!.openings[0]!.id;
    await expectRefusal(allowOpening(world.db, as(one), { openingId }), 'somebody_else_decides');
    await allowOpening(world.db, as(two), { openingId });
    await expectRefusal(read(two), 'not_found');
    const copy = await read(one);
    expect(JSON.stringify(copy.tables.record_lock)).toContain(name);
    expect(Object.keys(copy.tables)).toEqual(
      expect.arrayContaining(['consultation_record', 'prescription', 'treatment_record', 'follow_up_record']),
    );
    await expectRefusal(readLockedRecords(world.db, as(world.town.prescriber)), 'not_found');
    await passTime(world.owner, { minutes: 61 });
    await expectRefusal(read(one), 'not_found');
    const { rows } = await sql<{ action: string }>`
      SELECT action FROM audit WHERE stream = ${`patient:${id}`} AND action LIKE 'locked_record.%' ORDER BY seq`.execute(
      world.owner,
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'locked_record.asked_for',
      'locked_record.allowed',
      'locked_record.opened',
    ]);
  });

  it('is not opened on a reason that nobody answered for a week: it lapses, and is asked for anew', async () => {
    const [one, two] = operators;
    const { id } = treatment.patient;
    const latest = async (who: Signer) =>
      (await readLockedRecords(world.db, as(who))).records.find(({ patientId }) => patientId === id)!
        .openings[0]!;
    await askToOpen(world.db, as(one), { patientId: id, reason: 'A coroner has asked for it.' });
    await passTime(world.owner, { hours: 6 * 24 + 23 });
    await lapseOpenings(worker);
    const waits = await latest(two);
    expect(waits).toMatchObject({ isLapsed: false, isMine: false });
    await passTime(world.owner, { hours: 1 });
    // Before the job has noted it as much as afterwards.
    await expectRefusal(allowOpening(world.db, as(two), { openingId: waits.id }), 'opening_lapsed');
    await lapseOpenings(worker);
    await lapseOpenings(worker);
    for (const who of [one, two]) expect(await latest(who)).toMatchObject({ id: waits.id, isLapsed: true });
    await expectRefusal(allowOpening(world.db, as(two), { openingId: waits.id }), 'opening_lapsed');
    await expectRefusal(readLockedRecord(world.db, as(one), id, publicUrl), 'not_found');
    const { rows } = await sql<{ action: string; actor: string | null }>`
      SELECT action, actor_id AS actor FROM audit WHERE stream = ${`patient:${id}`} AND action = 'locked_record.lapsed'`.execute(
      world.owner,
    );
    expect(rows).toEqual([{ action: 'locked_record.lapsed', actor: null }]);

    await askToOpen(world.db, as(one), { patientId: id, reason: 'A coroner still asks for it.' });
    await allowOpening(world.db, as(two), { openingId: (await latest(two)).id });
    expect(await readLockedRecord(world.db, as(one), id, publicUrl)).toHaveProperty('tables.record_lock');
    await lapseOpenings(worker);
    expect(await latest(one)).toMatchObject({ isLapsed: false, isOpen: true });
  });

  it('loses it on the day after its last one, and not a day before', async () => {
    const { id } = treatment.patient;
    const { keep_until: until } = await world.owner
      .selectFrom('record_lock')
      .where('patient_id', '=', id)
      .select('keep_until')
      .executeTakeFirstOrThrow();
    await sql`UPDATE clock SET ahead_by = ahead_by + (${`${until}T12:00:00Z`}::timestamptz - app_now())`.execute(
      world.owner,
    );
    expect((await keepNoLonger(worker)).records).toBe(0);
    await passTime(world.owner, { hours: 24 });
    expect((await keepNoLonger(worker)).records).toBe(1);
    expect(await keepNoLonger(worker)).toEqual(NOTHING);
    for (const table of [
      'consultation_record',
      'prescription',
      'treatment_record',
      'appointment',
      'health_answers',
    ])
      expect([table, await countOf(table, id)]).toEqual([table, 0]);
    const lock = await world.owner
      .selectFrom('record_lock')
      .where('patient_id', '=', id)
      .select(['person', 'visits'])
      .executeTakeFirstOrThrow();
    expect(lock).toEqual({ person: null, visits: null });
  });
});

it('nobody passes what is kept for good by saying that they forget', async () => {
  const who = await patient(world.owner);
  await answered(who);
  const tried = world.owner.transaction().execute(async (trx) => {
    await sql`SELECT set_config('app.erasing', 'on', true)`.execute(trx);
    await sql`DELETE FROM health_answers WHERE patient_id = ${who.id}`.execute(trx);
  });
  await expect(tried).rejects.toThrow('append-only');
});

const answered = (who: Patient) =>
  acting(world.owner, who, (trx) =>
    trx.insertInto('health_answers').values({ patient_id: who.id, version: 1, answers: '{}' }).execute(),
  );

async function countOf(table: string, patientId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::int AS count FROM ${sql.table(table)} WHERE patient_id = ${patientId}`.execute(
    world.owner,
  );
  return rows[0]!.count;
}
