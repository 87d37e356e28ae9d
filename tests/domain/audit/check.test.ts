import { sql } from 'kysely';
import { beforeEach, expect, it } from 'vitest';
import { checkAudit } from '#lib/server/domain/audit/check-audit.ts';
import { recordAudits } from '#lib/server/domain/audit/record-audit.ts';
import { askToCheckAudit, readAuditCheck } from '#lib/server/domain/oversight/audit-check.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { passTime } from '../../builders/act.ts';
import { account, staffMember } from '../../builders/people.ts';
import { afterFile } from '../../harness/after.ts';
import { createTestDatabase } from '../../harness/database.ts';
import { as, expectRefusal } from '../booking/world.ts';

const [ONE, TWO, THREE] = [1, 2, 3].map((nth) => `00000000-0000-4000-8000-00000000000${nth}`) as [
  string,
  string,
  string,
];
const stream = (id: string) => `patient:${id}`;
let worker: Db;
let db: Db;
let owner: Db;
/** Past every guard: who has the whole machine. */
let intruder: Db;

beforeEach(async () => {
  const { urls, superuserUrl } = await createTestDatabase();
  const open = (url: string) => {
    const opened = openDb(openPool(url, { max: 2, onError: () => {} }));
    afterFile(() => opened.destroy());
    return opened;
  };
  [worker, db, owner, intruder] = [open(urls.worker), open(urls.app), open(urls.owner), open(superuserUrl)];
  for (const id of [ONE, TWO]) await write(id, 5);
});

function write(id: string, lines: number): Promise<void> {
  const line = {
    stream: { kind: 'patient', id } as const,
    action: 'record.read',
    subjectType: 'patient',
    subjectId: id,
  };
  return recordAudits(
    worker,
    Array.from({ length: lines }, () => line),
  );
}

async function tamper(deed: string): Promise<void> {
  await sql`ALTER TABLE audit DISABLE TRIGGER audit_append_only`.execute(intruder);
  await sql.raw(deed).execute(intruder);
  await sql`ALTER TABLE audit ENABLE ALWAYS TRIGGER audit_append_only`.execute(intruder);
}

const breaks = async () =>
  (
    await sql<{
      stream: string;
      seq: number;
      why: string;
    }>`SELECT stream, seq, why FROM audit_break ORDER BY stream`.execute(owner)
  ).rows;
const jobs = async () =>
  (
    await sql<{
      key: string;
    }>`SELECT key FROM graphile_worker.jobs WHERE task_identifier = 'check_audit'`.execute(owner)
  ).rows.map(({ key }) => key);

it('reads new lines at once, and nothing twice', async () => {
  expect(await checkAudit(worker)).toBe(0);
  await write(ONE, 1);
  await write(THREE, 2);
  expect(await checkAudit(worker)).toBe(0);
  const { rows } = await sql`SELECT stream, seq, again_seq FROM audit_checked ORDER BY stream`.execute(owner);
  expect(rows).toMatchObject([
    { stream: stream(ONE), seq: 6, again_seq: null },
    { stream: stream(TWO), seq: 5 },
    { stream: stream(THREE), seq: 2 },
  ]);
  expect([await breaks(), await jobs()]).toEqual([[], []]);
});

it('takes several jobs for a long trail, each of which asks for the next', async () => {
  const some = { lines: 3, parts: 1 };
  for (let part = 0; part < 4; part++) {
    expect(await checkAudit(worker, some)).toBe(0);
    expect(await jobs()).toEqual(['check_audit:next']);
  }
  const { rows } = await sql`SELECT seq FROM audit_checked ORDER BY stream`.execute(owner);
  expect(rows).toEqual([{ seq: 5 }, { seq: 5 }]);
  // And once more from the beginning: half-way through, something is changed that has been read, and something that has not.
  await passTime(owner, { hours: 24 });
  await checkAudit(worker, some);
  await tamper(`UPDATE audit SET action = 'record.written' WHERE stream = '${stream(ONE)}' AND seq = 4`);
  for (let part = 0; part < 6; part++) await checkAudit(worker, some);
  expect(await breaks()).toMatchObject([
    { stream: stream(ONE), seq: 4, why: expect.stringContaining('hash') as string },
  ]);
});

it.each([
  [
    'a new line that says something else',
    `UPDATE audit SET action = 'x' WHERE seq = 7`,
    { seq: 7, why: 'it says something else than its hash' },
  ],
  [
    'a new line that is missing',
    `DELETE FROM audit WHERE seq = 6`,
    { seq: 7, why: 'a line is missing after 5' },
  ],
  ['new lines that are gone', `DELETE FROM audit WHERE seq > 5`, { seq: 7, why: 'lines after 5 are gone' }],
  [
    'lines that were read and are gone with their head',
    `DELETE FROM audit WHERE seq > 3; UPDATE audit_head h SET seq = 3, hash = (SELECT a.hash FROM audit a WHERE a.stream = h.stream AND a.seq = 3)`,
    { seq: 5, why: 'lines that were read are gone' },
  ],
  [
    'a stream that is gone',
    `DELETE FROM audit; DELETE FROM audit_head`,
    { seq: 5, why: 'lines that were read are gone' },
  ],
])('finds %s when it next looks', async (_what, deed, found) => {
  await checkAudit(worker);
  await write(ONE, 2);
  await tamper(deed);
  await checkAudit(worker);
  expect(await breaks()).toContainEqual({ stream: stream(ONE), ...found });
  // It is kept, told once, and read no further.
  expect(await checkAudit(worker)).toBe(0);
});

it('finds within a day what was changed in old lines, and a chain that was made anew', async () => {
  await checkAudit(worker);
  await tamper(`UPDATE audit SET detail = '{"units": 99}' WHERE stream = '${stream(ONE)}' AND seq = 2;
    DO $$ DECLARE line record; before bytea := '\\x00';
    BEGIN
      UPDATE audit SET detail = '{"units": 99}' WHERE stream = '${stream(TWO)}' AND seq = 2;
      FOR line IN SELECT * FROM audit WHERE stream = '${stream(TWO)}' ORDER BY seq LOOP
        UPDATE audit SET previous_hash = before WHERE stream = line.stream AND seq = line.seq;
        UPDATE audit a SET hash = audit_hash(a) WHERE stream = line.stream AND seq = line.seq RETURNING hash INTO before;
      END LOOP;
    END $$`);
  await passTime(owner, { hours: 23 });
  expect(await checkAudit(worker)).toBe(0);
  await passTime(owner, { hours: 1 });
  expect(await checkAudit(worker)).toBe(2);
  expect(await breaks()).toEqual([
    { stream: stream(ONE), seq: 2, why: 'it says something else than its hash' },
    { stream: stream(TWO), seq: 5, why: 'it has another hash than it had' },
  ]);
});

it('operators see how far it is, ask for all of it, and nobody else does either', async () => {
  const operator = as(await staffMember(owner, 'operator'));
  for (const who of [as(await staffMember(owner, 'reviewer')), as(await account(owner))]) {
    await expectRefusal(readAuditCheck(db, who), 'not_found');
    await expectRefusal(askToCheckAudit(db, who), 'not_found');
  }
  expect(await readAuditCheck(db, operator)).toMatchObject({
    ranAt: null,
    streams: 0,
    isAsked: false,
    breaks: [],
  });
  await checkAudit(worker);
  expect(await readAuditCheck(db, operator)).toMatchObject({
    ranAt: expect.any(String) as string,
    wholeSince: expect.any(String) as string,
    streams: 2,
    lines: 10,
    underWay: 0,
  });
  await askToCheckAudit(db, operator);
  await askToCheckAudit(db, operator);
  expect(await jobs()).toEqual(['check_audit:whole']);
  expect((await readAuditCheck(db, operator)).isAsked).toBe(true);
  await tamper(`UPDATE audit SET action = 'x' WHERE stream = '${stream(TWO)}' AND seq = 1`);
  expect(await checkAudit(worker, { whole: true, lines: 3, parts: 1 })).toBe(0);
  expect((await readAuditCheck(db, operator)).underWay).toBe(2);
  await checkAudit(worker);
  expect((await readAuditCheck(db, operator)).breaks).toMatchObject([
    {
      stream: stream(TWO),
      seq: 1,
      why: 'it says something else than its hash',
      foundAt: expect.any(String) as string,
    },
  ]);
});
