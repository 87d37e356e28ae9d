import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadRelease } from '#lib/server/domain/credentials/load-release.ts';
import type { RegisterCode } from '#lib/server/domain/credentials/registers.ts';
import { readProfile } from '#lib/server/domain/directory/profile.ts';
import { remindOfEnding } from '#lib/server/domain/notifications/remind-of-ending.ts';
import { lapseListings } from '#lib/server/domain/oversight/lapse-listings.ts';
import { lookUpInput } from '#lib/server/domain/oversight/look-up-input.ts';
import { recheckCredentials } from '#lib/server/domain/oversight/recheck-credentials.ts';
import { recordLookUp } from '#lib/server/domain/oversight/record-look-up.ts';
import { readDueChecks, readToLookUp } from '#lib/server/domain/oversight/register-check-reads.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { passTime } from '../../builders/act.ts';
import { patient, type Practitioner } from '../../builders/people.ts';
import { vet } from '../../builders/vetting.ts';
import { afterFile } from '../../harness/after.ts';
import {
  as,
  booked,
  checkedDoctor,
  eventsOf,
  expectRefusal,
  openWorld,
  slots,
  slotsFrom,
  stateOf,
  type World,
} from './world.ts';

let world: World;
/** Loads files: pages never do. */
let worker: Db;
beforeAll(async () => {
  world = await openWorld();
  worker = openDb(openPool(world.workerUrl, { max: 3, onError: () => {} }));
  afterFile(() => worker.destroy());
});

let given = 0;
/** A checked doctor in Leeds whose registration alone has this register behind it, under a number of its own. */
async function registered({ dueIn = 7, until = 400 } = {}) {
  const who = await checkedDoctor(world, { dueIn, until });
  const number = String(6_000_000 + ++given);
  // No claim is ever rewritten, except by a test.
  await sql`ALTER TABLE credential DISABLE TRIGGER USER`.execute(world.owner);
  await sql`UPDATE credential SET register = CASE kind WHEN 'registration' THEN 'gmc' END, number = ${number} WHERE practitioner_id = ${who.id}`.execute(
    world.owner,
  );
  // The register went to one credential only after the decision.
  await sql`UPDATE capability_period SET checked_until = checked_until(case_id) WHERE practitioner_id = ${who.id}`.execute(
    world.owner,
  );
  const { rows } = await sql<{ id: string; name: string; family: string }>`
    SELECT k.id, p.display_name AS name, p.family_name AS family FROM credential k JOIN practitioner p ON p.id = k.practitioner_id
     WHERE k.practitioner_id = ${who.id} AND k.kind = 'registration'`.execute(world.owner);
  const { id, name, family } = rows[0]!;
  return { who, number, credentialId: id, family, givenNames: name.replace(family, '').trim() };
}
type Registered = Awaited<ReturnType<typeof registered>>;

const today = async () =>
  (await sql<{ today: string }>`SELECT app_now()::date AS today`.execute(world.owner)).rows[0]!.today;

type Row = { number: string; family: string; givenNames: string; status?: string; conditions?: string };

/** Loads a whole release of the register, and compares. */
async function publish(
  rows: readonly Row[],
  { asOf, register = 'gmc' }: { asOf?: string; register?: RegisterCode } = {},
) {
  const lines = rows.map(
    ({ number, family, givenNames, status = 'registered', conditions = '' }) =>
      `${number},"${family}","${givenNames}",${status},"${conditions}"`,
  );
  const content = [
    'number,family_name,given_names,status,conditions',
    `${register === 'gmc' ? '6999999' : '699999'},Nobody,Else,registered,`,
    ...lines,
  ].join('\n');
  await loadRelease(
    worker,
    {
      name: 'register.csv',
      size: content.length,
      fingerprint: createHash('sha256').update(content).digest('hex'),
      open: (start) => Readable.from([Buffer.from(content).subarray(start)]),
    },
    { register, kind: 'full', asOf: asOf ?? (await today()), badShare: 0, maybeSmaller: true },
  );
  await recheckCredentials(worker);
}

const isListed = async ({ id }: Practitioner) =>
  (await sql`SELECT FROM listing WHERE practitioner_id = ${id}`.execute(world.owner)).rows.length > 0;
const lastCheck = async (credentialId: string) =>
  (
    await sql<{
      result: string;
      reasons: string[];
      nameMatch: string | null;
      conditions: string;
      byPerson: boolean;
      due: string;
      note: string;
    }>`
    SELECT result, reasons, name_match AS "nameMatch", conditions, by_person AS "byPerson", next_due_on AS due, note
      FROM credential_check WHERE credential_id = ${credentialId} ORDER BY checked_at DESC, id DESC LIMIT 1`.execute(
      world.owner,
    )
  ).rows[0]!;
const checksOf = async (credentialId: string) =>
  (
    await sql<{
      made: number;
    }>`SELECT count(*) AS made FROM credential_check WHERE credential_id = ${credentialId}`.execute(
      world.owner,
    )
  ).rows[0]!.made;

const read = (credentialId: string, about: Record<string, unknown> = {}) =>
  lookUpInput.parse({
    credentialId,
    found: 'yes',
    familyName: 'Family',
    givenNames: 'Given',
    status: 'registered',
    pageUrl: 'https://register.example/people/1',
    evidence: new File(['the saved page'], 'page.pdf'),
    result: 'confirmed',
    ...about,
  });
const lookUp = (one: Registered, about: Record<string, unknown> = {}) =>
  recordLookUp(
    world.db,
    as(world.town.reviewers[0]),
    read(one.credentialId, { familyName: one.family, givenNames: one.givenNames, ...about }),
  );

describe('a register that is not read again', () => {
  it('is stale after a week, with the day of the last check, and ends the listing a week later', async () => {
    const one = await registered();
    const visit = await booked(world, one.who, (await slotsFrom(world, one.who, 17))[0]!);
    const noted = async () => {
      const profile = await readProfile(world.db, one.who.slug, 0);
      return profile.listed
        ? profile.checks.filter(({ note }) => note?.includes('last checked on')).length
        : null;
    };
    expect(await noted()).toBe(0);
    await passTime(world.owner, { hours: 8 * 24 });
    expect([await isListed(one.who), await noted()]).toEqual([true, 1]);
    await passTime(world.owner, { hours: 6 * 24 });
    expect(await isListed(one.who)).toBe(true);

    await passTime(world.owner, { hours: 2 * 24 });
    expect([await isListed(one.who), await noted()]).toEqual([false, null]);
    expect(await slots(world, one.who)).toEqual([]);
    await lapseListings(world.db);
    await lapseListings(world.db);
    expect(await eventsOf(world, one.who.id)).toEqual(['practitioner.lapsed']);
    expect(['paused', 'cancelled']).toContain(await stateOf(world, visit));

    // Back in reach, it brings nobody back: two people do (L2).
    await lookUp(one);
    expect(await isListed(one.who)).toBe(false);
    await vet(world.owner, one.who, world.town.reviewers);
    expect(await isListed(one.who)).toBe(true);
  });

  it('that a person reads in time goes on counting', async () => {
    const one = await registered();
    await passTime(world.owner, { hours: 13 * 24 });
    await lookUp(one);
    await passTime(world.owner, { hours: 13 * 24 });
    expect(await isListed(one.who)).toBe(true);
  });

  it('is not behind somebody whose credentials are documents', async () => {
    const one = await registered();
    await sql`UPDATE credential SET register = NULL WHERE practitioner_id = ${one.who.id}`.execute(
      world.owner,
    );
    await sql`UPDATE capability_period SET checked_until = checked_until(case_id) WHERE practitioner_id = ${one.who.id}`.execute(
      world.owner,
    );
    await passTime(world.owner, { hours: 60 * 24 });
    expect(await isListed(one.who)).toBe(true);
  });
});

describe('a new file of a register', () => {
  const row = ({ number, family, givenNames }: Registered): Row => ({ number, family, givenNames });

  it('renews who stands in it as before, from the day it tells of, once', async () => {
    const one = await registered();
    await passTime(world.owner, { hours: 10 * 24 });
    const asOf = Temporal.PlainDate.from(await today()).subtract({ days: 2 });
    await publish([row(one)], { asOf: asOf.toString() });
    expect(await lastCheck(one.credentialId)).toMatchObject({
      result: 'confirmed',
      nameMatch: 'same',
      byPerson: false,
      due: asOf.add({ days: 7 }).toString(),
    });
    const made = await checksOf(one.credentialId);
    expect(await recheckCredentials(worker)).toBe(0);
    expect(await checksOf(one.credentialId)).toBe(made);
    await passTime(world.owner, { hours: 10 * 24 });
    expect(await isListed(one.who)).toBe(true);
  });

  it('ends the listing of who is gone or no longer in good standing, at once and for good', async () => {
    const [gone, suspended, fine] = [await registered(), await registered(), await registered()];
    const visit = await booked(world, suspended.who, (await slotsFrom(world, suspended.who, 5))[0]!);
    await publish([{ ...row(suspended), status: 'suspended' }, row(fine)]);
    expect([await isListed(gone.who), await isListed(suspended.who), await isListed(fine.who)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(await lastCheck(gone.credentialId)).toMatchObject({
      result: 'not_confirmed',
      reasons: ['The register knows nobody of this number'],
    });
    expect((await lastCheck(suspended.credentialId)).note).toBe('The register says: suspended.');
    expect(await stateOf(world, visit)).toBe('paused');
    expect(await eventsOf(world, gone.who.id)).toEqual(['practitioner.lapsed']);
    await passTime(world.owner, { hours: 24 });
    await publish([row(gone), row(suspended), row(fine)]);
    expect([await isListed(gone.who), await isListed(suspended.who), await isListed(fine.who)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('leaves another name and new conditions to a person, and renews nothing until then', async () => {
    const [renamed, warned] = [await registered(), await registered()];
    const rows = [
      { ...row(renamed), family: 'Quite-Other' },
      { ...row(warned), conditions: 'Must not work alone' },
    ];
    await publish(rows);
    expect(await lastCheck(renamed.credentialId)).toMatchObject({ result: 'unclear', nameMatch: 'partial' });
    expect(await lastCheck(warned.credentialId)).toMatchObject({
      result: 'unclear',
      conditions: 'Must not work alone',
    });
    const due = await readDueChecks(world.db, as(world.town.reviewers[0]));
    expect(due.map(({ id }) => id)).toEqual(
      expect.arrayContaining([renamed.credentialId, warned.credentialId]),
    );
    expect(
      (await readToLookUp(world.db, as(world.town.reviewers[0]), warned.credentialId))?.file,
    ).toMatchObject({
      match: 'The same name',
      conditions: 'Must not work alone',
    });
    // Seen and accepted by a person, the same conditions are no news.
    await lookUp(warned, { conditions: 'Must not work alone' });
    await passTime(world.owner, { hours: 24 });
    await publish(rows);
    expect(await lastCheck(warned.credentialId)).toMatchObject({
      result: 'confirmed',
      conditions: 'Must not work alone',
    });
    await passTime(world.owner, { hours: 15 * 24 });
    expect(await isListed(renamed.who)).toBe(false);
  });

  it('older than what a person has read says nothing against it', async () => {
    const one = await registered();
    await sql`UPDATE credential SET register = 'cpso', number = '600001' WHERE id = ${one.credentialId}`.execute(
      world.owner,
    );
    const dayBefore = Temporal.PlainDate.from(await today()).subtract({ days: 1 });
    await publish([], { asOf: dayBefore.toString(), register: 'cpso' });
    expect(await isListed(one.who)).toBe(true);
    expect((await lastCheck(one.credentialId)).byPerson).toBe(true);
    // One of the same day does.
    await publish([], { register: 'cpso' });
    expect(await isListed(one.who)).toBe(false);
  });
});

describe('what a reviewer read', () => {
  it('is kept with its page, its moment and the fingerprint of the copy', async () => {
    const one = await registered();
    const { checkId } = await lookUp(one, { conditions: 'A warning', note: 'Seen twice' });
    const { rows } = await sql<Record<string, unknown>>`
      SELECT l.page_url, l.evidence_sha256, l.read_by, l.conditions, c.result, c.name_match, c.method, c.source_url, c.note
        FROM credential_check c JOIN register_look_up l ON l.id = c.look_up_id WHERE c.id = ${checkId}`.execute(
      world.owner,
    );
    expect(rows).toEqual([
      {
        page_url: 'https://register.example/people/1',
        evidence_sha256: createHash('sha256').update('the saved page').digest('hex'),
        read_by: world.town.reviewers[0].accountId,
        conditions: 'A warning',
        result: 'confirmed',
        name_match: 'same',
        method: 'register_page',
        source_url: 'https://register.example/people/1',
        note: 'Seen twice',
      },
    ]);
  });

  it('cannot confirm what the page denies', async () => {
    const one = await registered();
    const before = await checksOf(one.credentialId);
    await expectRefusal(lookUp(one, { status: 'removed' }), 'invalid_input');
    await expectRefusal(lookUp(one, { found: 'no' }), 'invalid_input');
    expect(await checksOf(one.credentialId)).toBe(before);
    expect(await isListed(one.who)).toBe(true);
    await lookUp(one, { found: 'no', result: 'not_confirmed' });
    expect(await isListed(one.who)).toBe(false);
  });

  it('is not about oneself, and nobody else writes it', async () => {
    const one = await registered();
    const input = read(one.credentialId);
    await expectRefusal(recordLookUp(world.db, as(await patient(world.owner)), input), 'not_found');
    await world.owner
      .insertInto('staff')
      .values({ account_id: one.who.accountId, role: 'reviewer' })
      .execute();
    await expectRefusal(recordLookUp(world.db, as(one.who), input), 'not_about_yourself');
    await expectRefusal(readDueChecks(world.db, as(await patient(world.owner))), 'not_found');
  });

  it('says what is missing beside the field', () => {
    const wrong = lookUpInput.safeParse({
      credentialId: crypto.randomUUID(),
      found: 'yes',
      pageUrl: 'http://x',
      result: '',
    });
    expect(wrong.error?.issues.map(({ path }) => path[0])).toEqual(['pageUrl', 'evidence', 'result']);
    const unnamed = lookUpInput.safeParse({
      ...read(crypto.randomUUID()),
      found: 'yes',
      mayPrescribe: '',
      familyName: '',
      status: '',
    });
    expect(unnamed.error?.issues.map(({ path }) => path[0])).toEqual(['familyName', 'status']);
  });
});

describe('a decision', () => {
  it('holds for 36 months at most', async () => {
    const one = await registered({ until: 2_000, dueIn: 2_000 });
    const { rows } = await sql<{ days: number }>`
      SELECT DISTINCT upper(valid)::date - app_now()::date AS days FROM capability_period WHERE practitioner_id = ${one.who.id}`.execute(
      world.owner,
    );
    expect(rows.length).toBe(1);
    expect(rows[0]!.days).toBeGreaterThan(1_090);
    expect(rows[0]!.days).toBeLessThan(1_100);
  });
});

describe('the end of a credential', () => {
  it('is told 60, 30 and 7 days before, once each', async () => {
    const one = await registered({ until: 62, dueIn: 62 });
    const letters = async () =>
      (
        await sql<{ body: string }>`
        SELECT m.body FROM mail_message m JOIN account a ON a.email = m.to_address WHERE a.id = ${one.who.accountId} ORDER BY m.id`.execute(
          world.owner,
        )
      ).rows.map(({ body }) => /in (\d+) days?/.exec(body)?.[1]);
    const remind = async () => {
      await remindOfEnding(worker, new URL('https://steadyhand.example'));
      await remindOfEnding(worker, new URL('https://steadyhand.example'));
      return (await letters()).length;
    };
    expect(await remind()).toBe(0);
    await passTime(world.owner, { hours: 3 * 24 });
    const each = await remind();
    // One for every credential behind the listing.
    expect(each).toBeGreaterThan(0);
    await passTime(world.owner, { hours: 5 * 24 });
    expect(await remind()).toBe(each);
    await passTime(world.owner, { hours: 26 * 24 });
    expect(await remind()).toBe(2 * each);
    await passTime(world.owner, { hours: 22 * 24 });
    expect(await remind()).toBe(3 * each);
    expect([...new Set(await letters())]).toEqual(['59', '28', '6']);
    await passTime(world.owner, { hours: 10 * 24 });
    expect(await remind()).toBe(3 * each);
  });
});
