import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { endPractice } from '#lib/server/domain/oversight/end-practice.ts';
import {
  agreeToForget,
  proposeForgetting,
  refuseToForget,
} from '#lib/server/domain/privacy/forget-practitioner.ts';
import { readForgetting, readForgettings } from '#lib/server/domain/privacy/forgetting-reads.ts';
import { askToBeForgotten, stayKnown } from '#lib/server/domain/privacy/ask-to-be-forgotten.ts';
import { keepNoLonger } from '#lib/server/domain/privacy/keep-no-longer.ts';
import { readLockedRecords } from '#lib/server/domain/privacy/locked-records.ts';
import { readPrivacy } from '#lib/server/domain/privacy/reads.ts';
import { takeCopy } from '#lib/server/domain/privacy/take-copy.ts';
import { postgresSearch } from '#lib/server/platform/search/postgres.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { acting, passTime, type Signer } from '../../builders/act.ts';
import type { Treatment } from '../../builders/care.ts';
import { patient, practitioner, staffMember, type Practitioner } from '../../builders/people.ts';
import { practise } from '../../builders/places.ts';
import { book } from '../../builders/visits.ts';
import { afterFile } from '../../harness/after.ts';
import { documentOf } from '../../contract/search/world.ts';
import { as, expectRefusal, openWorld, treatedPatient, viewerOf, type World } from './world.ts';

const publicUrl = new URL('https://steadyhand.example');
const BIOGRAPHY = 'I learned this in a small town by the sea.';
let world: World;
let worker: Db;
beforeAll(async () => {
  world = await openWorld();
  worker = openDb(openPool(world.workerUrl, { max: 2, onError: () => {} }));
  afterFile(() => worker.destroy());
  staff = [await staffMember(world.owner, 'reviewer'), await staffMember(world.owner, 'operator')];
});

const ask = async (who: Signer) => askToBeForgotten(world.db, await viewerOf(world, who), publicUrl);
const SAW = 'Rang the practice on its checked number: it is them, and Northgate keeps the records.';
const erasureOf = async ({ accountId }: Signer) =>
  (
    await world.owner
      .selectFrom('erasure')
      .where('account_id', '=', accountId)
      .select('id')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow()
  ).id;
let staff: [Signer, Signer];
/** One of the staff proposes it, another agrees. */
const agreed = async (who: Signer) => {
  const erasureId = await erasureOf(who);
  await proposeForgetting(world.db, as(staff[0]), { erasureId, words: SAW });
  await agreeToForget(world.db, as(staff[1]), publicUrl, { erasureId });
};
const end = (who: Practitioner) =>
  endPractice(world.db, as(who), {
    practitionerId: who.id,
    kind: 'retires',
    recordsCustodian: 'Northgate Records',
    recordsContact: '01632 960 555',
    coverName: 'Dr Ines Aldous',
    coverPhone: '01632 960 556',
    sure: 'yes',
  });
const rowOf = (who: Practitioner) =>
  world.owner.selectFrom('practitioner').selectAll().where('id', '=', who.id).executeTakeFirstOrThrow();
const accountOf = ({ accountId }: Signer) =>
  world.owner.selectFrom('account').selectAll().where('id', '=', accountId).executeTakeFirstOrThrow();
/** A name that nobody else has, and words of their own. */
const named = async ({ id, accountId }: Practitioner, name: string) => {
  await sql`UPDATE practitioner SET display_name = ${name}, family_name = ${name.split(' ')[1]}, biography = ${BIOGRAPHY}, headline = 'Quiet hands' WHERE id = ${id}`.execute(
    world.owner,
  );
  await sql`UPDATE account SET display_name = ${name} WHERE id = ${accountId}`.execute(world.owner);
};
/** Everything in the database that holds this text, table and column. */
async function where(text: string): Promise<string[]> {
  const { rows } = await sql<{ table: string; column: string }>`
    SELECT table_name AS table, column_name AS column FROM information_schema.columns
     WHERE table_schema = 'public' AND udt_name IN ('text', 'citext', 'jsonb', '_text', 'tsvector')`.execute(
    world.owner,
  );
  const found: string[] = [];
  for (const { table, column } of rows) {
    const { rows: hits } = await sql`
      SELECT FROM ${sql.table(table)} WHERE position(${text} IN ${sql.ref(column)}::text) > 0 LIMIT 1`.execute(
      world.owner,
    );
    if (hits.length > 0) found.push(`${table}.${column}`);
  }
  return found;
}

describe('somebody who is not listed, and has seen nobody', () => {
  it('is gone wholly after a week', async () => {
    const who = await practitioner(world.owner);
    await practise(world.owner, who, world.town.leeds);
    await named(who, 'Ottoline Quayle');
    const before = await rowOf(who);
    await ask(who);
    await agreed(who);
    await passTime(world.owner, { hours: 24 * 7 + 1 });
    expect((await keepNoLonger(worker)).forgotten).toBe(1);
    expect(await rowOf(who)).toMatchObject({
      display_name: 'Former practitioner',
      biography: '',
      standing: 'withdrawn',
    });
    expect(await accountOf(who)).toMatchObject({ display_name: 'Forgotten person', password_hash: null });
    for (const text of [before.slug, before.display_name, BIOGRAPHY]) expect(await where(text)).toEqual([]);
  });
});

describe('two of the staff', () => {
  let who: Practitioner;
  let erasureId: string;
  const lettersTo = async ({ accountId }: Signer) =>
    world.owner
      .selectFrom('mail_message')
      .innerJoin('account', 'account.email', 'mail_message.to_address')
      .where('account.id', '=', accountId)
      .select(['subject', 'body'])
      .orderBy('mail_message.id')
      .execute();
  const asksAnew = async () => {
    await ask(who);
    erasureId = await erasureOf(who);
  };
  beforeAll(async () => {
    who = await practitioner(world.owner);
    await asksAnew();
  });
  const propose = (by: Signer) => proposeForgetting(world.db, as(by), { erasureId, words: SAW });
  const agree = (by: Signer) => agreeToForget(world.db, as(by), publicUrl, { erasureId });
  const refuse = (by: Signer, words: string) =>
    refuseToForget(world.db, as(by), publicUrl, { erasureId, words });

  it('have to look first: until then nobody is forgotten, by no function', async () => {
    expect((await lettersTo(who)).at(-1)!.body).toContain('Two members of our staff look at it first');
    await passTime(world.owner, { hours: 24 * 8 });
    expect(await keepNoLonger(worker)).toMatchObject({ forgotten: 0, waiting: 1 });
    await expect(sql`SELECT forget_account(${erasureId})`.execute(world.owner)).rejects.toMatchObject({
      constraint: 'erasure_two_people',
    });
    await expectRefusal(agree(staff[0]), 'not_now');
  });

  it('are two, and not the practitioner, nor anybody else', async () => {
    for (const stranger of [who, world.town.prescriber]) {
      await expectRefusal(propose(stranger), 'not_found');
      await expectRefusal(readForgetting(world.db, as(stranger), erasureId), 'not_found');
      await expectRefusal(readForgettings(world.db, as(stranger)), 'not_found');
    }
    await propose(staff[0]);
    await expectRefusal(propose(staff[1]), 'already_written');
    await expectRefusal(agree(staff[0]), 'forgetting_second_person');
    expect(await readForgetting(world.db, as(staff[0]), erasureId)).toMatchObject({
      isMine: true,
      mayAgree: false,
      mayRefuse: true,
    });
    const page = await readForgetting(world.db, as(staff[1]), erasureId);
    expect(page).toMatchObject({ isMine: false, mayAgree: true, saw: { words: SAW } });
    await keepNoLonger(worker);
    expect((await keepNoLonger(worker)).forgotten).toBe(0);
  });

  it('agree, and for a day more it can be taken back, or refused by one', async () => {
    await agree(staff[1]);
    expect((await lettersTo(who)).at(-1)!.subject).toBe('We forget you soon');
    expect(await readPrivacy(world.db, await viewerOf(world, who))).toMatchObject({ isAgreed: true });
    await passTime(world.owner, { hours: 23 });
    expect((await keepNoLonger(worker)).forgotten).toBe(0);
    await refuse(staff[0], 'A regulator has asked about you today.');
    expect(await readForgetting(world.db, as(staff[1]), erasureId)).toMatchObject({
      stateText: 'Refused',
      mayRefuse: false,
    });
    const letter = (await lettersTo(who)).at(-1)!;
    expect(letter.subject).toBe('We have not forgotten you');
    expect(letter.body).toContain('A regulator has asked about you today.');
    expect(await readPrivacy(world.db, await viewerOf(world, who))).toMatchObject({
      forgottenOn: null,
      refusal: 'A regulator has asked about you today.',
    });
    await passTime(world.owner, { hours: 24 * 2 });
    expect(await keepNoLonger(worker)).toMatchObject({ forgotten: 0, waiting: 0 });
    await expectRefusal(stayKnown(world.db, await viewerOf(world, who), publicUrl), 'not_now');
    await expectRefusal(agree(staff[1]), 'not_now');
  });

  it('say why not before anybody has proposed it; what is taken back is not proposed', async () => {
    await asksAnew();
    await refuse(staff[0], 'Nobody is named who keeps your records.');
    await asksAnew();
    await stayKnown(world.db, await viewerOf(world, who), publicUrl);
    await expectRefusal(propose(staff[0]), 'not_now');
    const { rows } = await sql<{ action: string }>`
      SELECT action FROM audit WHERE stream = ${`practitioner:${who.id}`} AND action LIKE 'erasure.%' ORDER BY seq`.execute(
      world.owner,
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'erasure.proposed',
      'erasure.agreed',
      'erasure.refused',
      'erasure.refused',
    ]);
  });

  it('agree, and a day later it is done: nothing of what they wrote is left', async () => {
    await asksAnew();
    await agreed(who);
    expect((await readForgettings(world.db, as(staff[0]))).waiting).toMatchObject([{ erasureId }]);
    await passTime(world.owner, { hours: 24 * 7 });
    expect((await keepNoLonger(worker)).forgotten).toBe(1);
    for (const text of [SAW, 'A regulator has asked about you today.', 'Nobody is named who keeps'])
      expect(await where(text)).toEqual([]);
    const { waiting, ended } = await readForgettings(world.db, as(staff[0]));
    expect(waiting).toEqual([]);
    expect(ended[0]).toMatchObject({
      stateText: 'Forgotten',
      name: expect.stringContaining('Former') as string,
    });
  });
});

describe('somebody who treated others', () => {
  let treatment: Treatment;
  let who: Practitioner;
  let before: Awaited<ReturnType<typeof rowOf>>;
  let address: string;
  beforeAll(async () => {
    treatment = await treatedPatient(world);
    who = world.town.prescriber;
    await named(who, 'Zephyrine Quill');
    await sql`INSERT INTO closure (practitioner_id, span, note) VALUES (${who.id}, tstzrange(app_now() + interval '300 days', app_now() + interval '301 days'), 'At the seaside.')`.execute(
      world.owner,
    );
    await postgresSearch(worker).put(
      [who.id],
      [
        {
          ...documentOf({ practitionerIds: [who.id], locationIds: [world.town.leeds.locationId] }, 0),
          name: 'Zephyrine Quill',
        },
      ],
    );
    before = await rowOf(who);
    address = (await accountOf(who)).email;
  });

  it('is told what is in the way, one thing after the other', async () => {
    const visit = await book(world.owner, {
      kind: 'consultation',
      patient: await patient(world.owner),
      who,
      where: world.town.leeds,
    });
    await expectRefusal(ask(who), 'erasure_visits_to_give');
    await sql`UPDATE appointment SET state = 'cancelled', cancelled_by = 'patient' WHERE id = ${visit.id}`.execute(
      world.owner,
    );
    await expectRefusal(ask(who), 'erasure_practice_goes_on');
    expect((await readPrivacy(world.db, await viewerOf(world, who))).obstacle?.code).toBe(
      'erasure_practice_goes_on',
    );
    await end(who);
    await expectRefusal(ask(who), 'erasure_cover_runs');
    await passTime(world.owner, { hours: 24 * 29 });
    const page = await readPrivacy(world.db, await viewerOf(world, who));
    expect([page.obstacle, page.isPractitioner, page.isPatient]).toEqual([null, true, false]);
    expect(page.authorUntil).toMatch(/^\d+ \w+ 20\d\d$/);
  });

  it('takes a copy of what is theirs, and may take it back for a week', async () => {
    const copy = JSON.stringify(await takeCopy(world.db, await viewerOf(world, who), publicUrl));
    expect(copy).toContain(BIOGRAPHY);
    expect(copy).toContain('At the seaside.');
    expect(copy).not.toContain(treatment.patient.id);
    await ask(who);
    await stayKnown(world.db, await viewerOf(world, who), publicUrl);
  });

  it('is forgotten: page, words, pictures, calendars and account go, and the records keep who wrote them', async () => {
    await ask(who);
    await agreed(who);
    await passTime(world.owner, { hours: 24 * 7 + 1 });
    expect((await keepNoLonger(worker)).forgotten).toBe(1);
    for (const text of [SAW]) expect(await where(text)).toEqual([]);
    expect(await rowOf(who)).toMatchObject({
      display_name: before.display_name,
      biography: '',
      headline: '',
      standing: 'withdrawn',
    });
    for (const text of [before.slug, BIOGRAPHY, 'Quiet hands', 'At the seaside.', address, 'zephyrine'])
      expect([text, await where(text)]).toEqual([text, []]);
    expect(await accountOf(who)).toMatchObject({ display_name: before.display_name, password_hash: null });
    const { rows: sessions } = await sql`SELECT FROM session WHERE account_id = ${who.accountId}`.execute(
      world.owner,
    );
    expect(sessions).toEqual([]);
    const records = await acting(world.db, treatment.patient, (trx) =>
      trx
        .selectFrom('consultation_record')
        .innerJoin('practitioner', 'practitioner.id', 'consultation_record.prescriber_id')
        .where('patient_id', '=', treatment.patient.id)
        .select('practitioner.display_name as author')
        .execute(),
    );
    expect(records).toEqual([{ author: before.display_name }]);
    const { authors } = await readLockedRecords(world.db, as(await staffMember(world.owner, 'operator')));
    expect(authors).toMatchObject([{ practitionerId: who.id, deletedOn: null }]);
    expect(JSON.stringify(authors)).not.toContain(before.family_name);
  });

  it('loses the name as well on the day after the last record has run out, and not a day before', async () => {
    const { keep_until: until } = await world.owner
      .selectFrom('practitioner_lock')
      .where('practitioner_id', '=', who.id)
      .select('keep_until')
      .executeTakeFirstOrThrow();
    await sql`UPDATE clock SET ahead_by = ahead_by + (${`${until}T12:00:00Z`}::timestamptz - app_now())`.execute(
      world.owner,
    );
    expect((await keepNoLonger(worker)).authors).toBe(0);
    await passTime(world.owner, { hours: 24 });
    expect((await keepNoLonger(worker)).authors).toBe(1);
    expect((await keepNoLonger(worker)).authors).toBe(0);
    expect(await rowOf(who)).toMatchObject({ display_name: 'Former practitioner', records_custodian: null });
    expect(await where(before.display_name)).toEqual([]);
    const numbers = await world.owner
      .selectFrom('credential')
      .where('practitioner_id', '=', who.id)
      .select(['number', 'issuer'])
      .execute();
    expect(numbers.length).toBeGreaterThan(0);
    expect(numbers.every(({ number, issuer }) => number === '' && issuer === '')).toBe(true);
  });
});
