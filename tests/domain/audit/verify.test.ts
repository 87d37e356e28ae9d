import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { anchorAudit, readAnchors } from '#lib/server/domain/audit/anchor-audit.ts';
import { recordAudits } from '#lib/server/domain/audit/record-audit.ts';
import { verifyAudit } from '#lib/server/domain/audit/verify-audit.ts';
import { openAppendFile } from '#lib/server/platform/append-file.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { passTime } from '../../builders/act.ts';
import { afterFile } from '../../harness/after.ts';
import { createTestDatabase } from '../../harness/database.ts';

const ONE = '00000000-0000-4000-8000-000000000001';
const TWO = '00000000-0000-4000-8000-000000000002';
let db: Db;
/** Past every guard: who has the whole machine. */
let intruder: Db;
let folder: string;

beforeAll(async () => {
  const { urls, superuserUrl } = await createTestDatabase();
  db = openDb(openPool(urls.worker, { max: 2, onError: () => {} }));
  intruder = openDb(openPool(superuserUrl, { max: 1, onError: () => {} }));
  folder = await mkdtemp(join(tmpdir(), 'steadyhand-anchors-'));
  afterFile(() => Promise.all([db.destroy(), intruder.destroy(), rm(folder, { recursive: true })]));
  for (const id of [ONE, TWO]) await write(id, 4);
});

function write(id: string, lines: number): Promise<void> {
  const line = {
    stream: { kind: 'patient', id } as const,
    action: 'record.read',
    subjectType: 'patient',
    subjectId: id,
  };
  return recordAudits(
    db,
    Array.from({ length: lines }, () => line),
  );
}

/** Does something to the trail that nobody may, looks at it, and takes it back. */
async function after(deed: string, anchors: Parameters<typeof verifyAudit>[1] = []) {
  await sql`BEGIN`.execute(intruder);
  await sql`ALTER TABLE audit DISABLE TRIGGER audit_append_only`.execute(intruder);
  await sql.raw(deed).execute(intruder);
  const verdict = await verifyAudit(intruder, anchors);
  await sql`ROLLBACK`.execute(intruder);
  return verdict.breaks;
}

const stream = `patient:${ONE}`;

it('finds nothing in a trail that holds', async () => {
  expect(await verifyAudit(db, [])).toEqual({ streams: 2, rows: 8, anchors: 0, breaks: [] });
});

it('finds the first line that was changed, left out or put in another’s place, once for each stream', async () => {
  expect(await after(`UPDATE audit SET action = 'record.written' WHERE seq IN (2, 3)`)).toMatchObject([
    { stream, seq: 2 },
    { stream: `patient:${TWO}`, seq: 2 },
  ]);
  expect(await after(`DELETE FROM audit WHERE stream = '${stream}' AND seq = 2`)).toMatchObject([
    { stream, seq: 3, why: expect.stringContaining('missing') as string },
  ]);
  expect(
    await after(`UPDATE audit SET previous_hash = '\\x11' WHERE stream = '${stream}' AND seq = 3;
                 UPDATE audit a SET hash = audit_hash(a) WHERE stream = '${stream}' AND seq = 3`),
  ).toMatchObject([{ stream, seq: 3, why: expect.stringContaining('does not follow') as string }]);
  expect(await after(`DELETE FROM audit WHERE stream = '${stream}' AND seq > 2`)).toMatchObject([
    { stream, seq: 4, why: expect.stringContaining('gone') as string },
  ]);
});

it('finds by its anchors what whoever has the whole database has made anew', async () => {
  await passTime(intruder, { hours: 1 });
  const file = openAppendFile(join(folder, 'deep', 'anchors.jsonl'));
  expect(await anchorAudit(db, file)).toBe(2);
  const anchors = readAnchors(await file.lines());
  expect(anchors).toMatchObject([
    { stream, seq: 4 },
    { stream: `patient:${TWO}`, seq: 4 },
  ]);
  const forged = `DELETE FROM audit WHERE stream = '${stream}' AND seq > 2;
    UPDATE audit_head h SET seq = 2, hash = (SELECT hash FROM audit a WHERE a.stream = h.stream AND a.seq = 2) WHERE stream = '${stream}'`;
  expect(await after(forged)).toEqual([]);
  expect(await after(forged, anchors)).toMatchObject([{ stream, seq: 4 }]);

  // Later only what has grown is written down.
  await write(TWO, 1);
  expect(await anchorAudit(db, file)).toBe(1);
  const all = readAnchors(await file.lines());
  expect(all.at(-1)).toMatchObject({ stream: `patient:${TWO}`, seq: 5 });
  expect((await verifyAudit(db, all)).breaks).toEqual([]);
  expect(() => readAnchors(['{"stream":'])).toThrow('Line 1');
});
