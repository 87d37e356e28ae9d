import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { fileRegister } from '#lib/server/domain/credentials/file-register.ts';
import { loadRelease } from '#lib/server/domain/credentials/load-release.ts';
import { recordedRegister } from '#lib/server/domain/credentials/recorded-register.ts';
import type { Register } from '#lib/server/domain/credentials/register-port.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { acting, passTime } from '../../builders/act.ts';
import { account } from '../../builders/people.ts';
import { afterFile } from '../../harness/after.ts';
import { createTestDatabase } from '../../harness/database.ts';

/** What a register says of one number; null: nobody has it. */
type Fact = {
  number: string;
  says: null | {
    familyName: string;
    givenNames: string;
    status: 'registered' | 'suspended';
    conditions: string;
    mayPrescribe: boolean | null;
  };
};

/** Makes a register say this, on the present day. */
type Publish = (db: Db, facts: readonly Fact[]) => Promise<void>;

const asFile: Publish = async (db, facts) => {
  const rows = facts.flatMap(({ number, says }) =>
    says === null
      ? []
      : [
          `${number},${says.familyName},${says.givenNames},${says.status},${says.conditions},${{ true: 'yes', false: 'no', null: '' }[String(says.mayPrescribe)]}`,
        ],
  );
  // Somebody is always in it.
  const content = [
    'number,family_name,given_names,status,conditions,may_prescribe',
    '7999999,X,Y,registered,,',
    ...rows,
  ].join('\n');
  await loadRelease(
    db,
    {
      name: 'register.csv',
      size: content.length,
      fingerprint: createHash('sha256').update(content).digest('hex'),
      open: (start) => Readable.from([Buffer.from(content).subarray(start)]),
    },
    { register: 'gmc', kind: 'full', asOf: await today(db), badShare: 0, maybeSmaller: true },
  );
};

const asLookUps: Publish = async (db, facts) => {
  const reader = await account(db);
  for (const { number, says } of facts)
    await acting(db, reader, (trx) =>
      trx
        .insertInto('register_look_up')
        .values({
          register: 'gmc',
          number,
          found: says !== null,
          family_name: says?.familyName ?? '',
          given_names: says?.givenNames ?? '',
          status: says?.status ?? null,
          conditions: says?.conditions ?? '',
          may_prescribe: says?.mayPrescribe ?? null,
          page_url: 'https://register.example/7000001',
          evidence_sha256: '0'.repeat(64),
          read_by: reader.accountId,
        })
        .execute(),
    );
};

async function today(db: Db): Promise<string> {
  const { rows } = await db.executeQuery<{ today: string }>(
    db.selectNoFrom((eb) => eb.cast<string>(eb.fn<string>('app_now'), 'date').as('today')).compile(),
  );
  return rows[0]!.today;
}

const kinds: [string, (db: Db) => Register, Publish][] = [
  ['the file of a register', fileRegister, asFile],
  ['what a reviewer read on its page', recordedRegister, asLookUps],
];

describe.each(kinds)('%s', (_, open, publish) => {
  let db: Db;
  let register: Register;
  beforeAll(async () => {
    const { urls } = await createTestDatabase();
    db = openDb(openPool(urls.owner, { max: 2, onError: () => {} }));
    afterFile(() => db.destroy());
    register = open(db);
  });
  const ann = {
    familyName: 'Ferreira',
    givenNames: 'Ann Mary',
    status: 'registered',
    conditions: 'Must not work alone',
    mayPrescribe: true,
  } as const;

  it('that was never read says nothing at all', async () => {
    expect(await register.read('gmc', '7000001')).toBeNull();
  });

  it('says all that it knows, of which day, and where that was read', async () => {
    await publish(db, [{ number: '7000001', says: ann }]);
    const reading = await register.read('gmc', '7000001');
    expect(reading?.entry).toMatchObject({ ...ann, number: '7000001', otherNames: [] });
    expect(reading?.asOf).toBe(await today(db));
    expect(Object.values(reading!.at)[1]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('knows nothing of another register', async () => {
    expect(await register.read('cpso', '7000001')).toBeNull();
  });

  it('tells that nobody has a number from that nobody knows', async () => {
    await publish(db, [
      { number: '7000001', says: ann },
      { number: '7000002', says: null },
    ]);
    expect(await register.read('gmc', '7000002')).toMatchObject({ entry: null });
  });

  it('says the newest, and keeps what was said before', async () => {
    await passTime(db, { hours: 24 });
    const changed = { ...ann, status: 'suspended', conditions: '', mayPrescribe: null } as const;
    await publish(db, [{ number: '7000001', says: changed }]);
    const reading = await register.read('gmc', '7000001');
    expect(reading?.entry).toMatchObject(changed);
    expect(reading?.asOf).toBe(await today(db));
    await passTime(db, { hours: 24 });
    await publish(db, [{ number: '7000001', says: null }]);
    expect(await register.read('gmc', '7000001')).toMatchObject({ entry: null });
    // A reading that says no comes from somewhere too.
    expect((await register.read('gmc', '7000001'))?.at).toBeDefined();
  });
});
