import { beforeAll, expect, it } from 'vitest';
import { recordAudit } from '#lib/server/domain/audit/record-audit.ts';
import { auditFilter, exportAudit, readAudit } from '#lib/server/domain/oversight/audit-reads.ts';
import type { Actor } from '#lib/server/domain/shared/actor.ts';
import { transact } from '#lib/server/domain/shared/transact.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { passTime } from '../../builders/act.ts';
import { account, staffMember } from '../../builders/people.ts';
import { afterFile } from '../../harness/after.ts';
import { countedDb } from '../../harness/counted.ts';
import { createTestDatabase } from '../../harness/database.ts';

const PATIENT = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';
let db: Db;
let owner: Db;
let counted: ReturnType<typeof countedDb>['counted'];
let operator: Actor;
let reader: string;

beforeAll(async () => {
  const { urls } = await createTestDatabase();
  owner = openDb(openPool(urls.owner, { max: 1, onError: () => {} }));
  afterFile(() => owner.destroy());
  ({ db, counted } = countedDb(urls.app));
  operator = { kind: 'account', ...(await staffMember(owner, 'operator')) };
  ({ accountId: reader } = await account(owner, { email: 'reader@example.test' }));
  for (const [id, action, lines] of [
    [PATIENT, 'record.read', 60],
    [OTHER, 'prescription.read', 2],
  ] as const) {
    for (let line = 0; line < lines; line++)
      await transact(db, { kind: 'account', accountId: reader }, (trx) =>
        recordAudit(trx, { stream: { kind: 'patient', id }, action, subjectType: 'patient', subjectId: id }),
      );
    await passTime(owner, { hours: 24 });
  }
});

const filter = (asked: object = {}) => auditFilter.parse(asked);

it('shows the newest first, fifty at a time, each line once, in as many statements whatever it finds', async () => {
  const asked = { about: PATIENT };
  const [first, statements] = await counted(() => readAudit(db, operator, filter(asked)));
  expect(first.lines).toHaveLength(50);
  const second = await readAudit(db, operator, filter({ ...asked, before: first.next! }));
  expect(second.next).toBeNull();
  const seqs = [...first.lines, ...second.lines].map(({ seq }) => seq);
  expect(seqs).toEqual(Array.from({ length: 60 }, (_, index) => 60 - index));
  const [few, fewer] = await counted(() => readAudit(db, operator, filter({ about: OTHER })));
  expect([few.lines.length, fewer]).toEqual([2, statements]);
});

it('finds by who, whose record, what and when', async () => {
  const found = async (asked: object) => (await readAudit(db, operator, filter(asked))).lines.length;
  expect(await found({ who: 'Reader@Example.test', action: 'prescription' })).toBe(2);
  expect(await found({ action: 'record.read', about: OTHER })).toBe(0);
  const day = (await readAudit(db, operator, filter({ about: OTHER }))).lines[0]!.at.toZonedDateTimeISO('UTC')
    .toPlainDate()
    .toString();
  expect(await found({ who: 'reader@example.test', from: day, until: day })).toBe(2);
  expect(
    await readAudit(db, operator, filter({ who: 'nobody@example.test', about: 'no-such-slug' })),
  ).toEqual({
    errors: {
      who: 'No account has that address',
      about: 'Nothing goes by that: use an id, or a profile’s name',
    },
    lines: [],
    next: null,
  });
});

it('writes down who looked for what, before it shows anything', async () => {
  await readAudit(db, operator, filter({ about: PATIENT, who: 'reader@example.test' }));
  await exportAudit(db, operator, filter({ action: 'record' }));
  const { lines } = await readAudit(db, operator, filter({ about: 'system' }));
  expect(lines.slice(0, 3).map(({ action, actorId, detail }) => [action, actorId, detail])).toMatchObject([
    ['audit.read', (operator as { accountId: string }).accountId, { about: null }],
    ['audit.exported', expect.any(String), { action: 'record' }],
    ['audit.read', expect.any(String), { about: PATIENT, who: reader }],
  ]);
});

it('names nobody who is a patient, and exports what fits', async () => {
  const { lines } = await exportAudit(db, operator, filter({ who: 'reader@example.test' }));
  expect(lines).toHaveLength(62);
  expect(new Set(lines.map(({ actorName }) => actorName))).toEqual(new Set([null]));
  const [own] = (await readAudit(db, operator, filter({ about: 'system' }))).lines;
  expect(own!.actorName).not.toBeNull();
});

it('is not there for anybody but operators', async () => {
  const reviewer: Actor = { kind: 'account', ...(await staffMember(owner)) };
  for (const nobody of [reviewer, { kind: 'account', accountId: reader } as const])
    await expect(readAudit(db, nobody, filter())).rejects.toMatchObject({ code: 'not_found' });
});
