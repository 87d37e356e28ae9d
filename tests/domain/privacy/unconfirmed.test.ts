import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { register } from '#lib/server/domain/accounts/register.ts';
import { KEPT } from '#lib/server/domain/privacy/data-map/mapped-table.ts';
import { keepNoLonger } from '#lib/server/domain/privacy/keep-no-longer.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { passTime } from '../../builders/act.ts';
import { account } from '../../builders/people.ts';
import { afterFile } from '../../harness/after.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let worker: Db;
beforeAll(async () => {
  world = await openWorld();
  worker = openDb(openPool(world.workerUrl, { max: 2, onError: () => {} }));
  afterFile(() => worker.destroy());
});

const opened = async (email: string) => {
  await register(
    worker,
    { verify: (token) => `https://steadyhand.example/verify?token=${token}`, signIn: 'https://x.example' },
    { name: 'Noor Haddad', email },
  );
  return world.owner.selectFrom('account').where('email', '=', email).select('id').executeTakeFirstOrThrow();
};
const isThere = async (id: string) =>
  (await world.owner.selectFrom('account').where('id', '=', id).select('id').execute()).length === 1;
const lettersTo = async (email: string) =>
  (await world.owner.selectFrom('mail_message').where('to_address', '=', email).select('kind').execute()).map(
    ({ kind }) => kind,
  );

it('an account whose address nobody confirms goes after its term, with its links and letters', async () => {
  const email = 'never@example.test';
  const { id } = await opened(email);
  const { accountId: confirmed } = await account(world.owner);
  expect(await lettersTo(email)).toEqual(['account_verify']);
  await passTime(world.owner, { hours: 30 * 24 - 1 });
  expect((await keepNoLonger(worker)).unconfirmed).toBe(0);
  await passTime(world.owner, { hours: 2 });
  expect((await keepNoLonger(worker)).unconfirmed).toBe(1);
  expect([await isThere(id), await isThere(confirmed)]).toEqual([false, true]);
  expect(await lettersTo(email)).toEqual([]);
  const codes = await world.owner
    .selectFrom('account_code')
    .where('account_id', '=', id)
    .select('id')
    .execute();
  expect(codes).toEqual([]);
  expect((await keepNoLonger(worker)).unconfirmed).toBe(0);
});

it('waits for somebody who has asked for another link, and lets the same address register again', async () => {
  const email = 'late@example.test';
  const { id } = await opened(email);
  await passTime(world.owner, { hours: 30 * 24 + 1 });
  await opened(email);
  expect((await keepNoLonger(worker)).unconfirmed).toBe(0);
  expect(await isThere(id)).toBe(true);
  await passTime(world.owner, { hours: 7 * 24 });
  expect((await keepNoLonger(worker)).unconfirmed).toBe(1);
  expect((await opened(email)).id).not.toBe(id);
});

it('leaves letters to that address which are about something else', async () => {
  const email = 'both@example.test';
  const { id } = await opened(email);
  await sql`INSERT INTO mail_message (dedupe_key, kind, to_name, to_address, subject, body, sent_at)
    VALUES ('entered at a desk', 'appointment_moved', 'Noor Haddad', ${email}, 'Your appointment has a new time', 'It is new.', app_now())`.execute(
    world.owner,
  );
  await passTime(world.owner, { hours: 31 * 24 });
  await keepNoLonger(worker);
  expect(await isThere(id)).toBe(false);
  expect(await lettersTo(email)).toEqual(['appointment_moved']);
});

it('has one after the other, more than are looked at at once, and one that cannot go keeps no other back', async () => {
  const ids: string[] = [];
  for (let nth = 0; nth < 52; nth += 1) ids.push((await opened(`many-${nth}@example.test`)).id);
  await passTime(world.owner, { hours: 31 * 24 });
  // Something hangs on the first one, which cannot be.
  await world.owner.insertInto('staff').values({ account_id: ids[0]!, role: 'reviewer' }).execute();
  await expect(keepNoLonger(worker)).rejects.toThrow('could not be removed');
  const left = await world.owner.selectFrom('account').where('id', 'in', ids).select('id').execute();
  expect(left).toEqual([{ id: ids[0] }]);
  await world.owner.deleteFrom('staff').where('account_id', '=', ids[0]!).execute();
  expect((await keepNoLonger(worker)).unconfirmed).toBe(1);
});

it('says so in the data map: the terms are data, and the words follow them', async () => {
  const { rows } = await sql<{ what: string; term: string }>`
    SELECT what, keep_for::text AS term FROM retention_term ORDER BY what`.execute(world.owner);
  expect(rows).toEqual([
    { what: 'clinic_invitation', term: '30 days' },
    { what: 'letter', term: '2 years' },
    { what: 'unanswered_opening', term: '7 days' },
    { what: 'unconfirmed_account', term: '30 days' },
  ]);
  expect(KEPT.confirmed).toContain('30 days');
  expect(KEPT.month).toBe('a month');
  expect(KEPT.two_years).toBe('two years');
});
