import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { startSession } from '#lib/server/domain/accounts/sessions.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { chain } from '../attacks/stage.ts';
import { later, passTime } from '../builders/act.ts';
import * as care from '../builders/care.ts';
import { patient } from '../builders/people.ts';
import { build } from '../builders/town.ts';
import { afterFile } from '../harness/after.ts';
import { createTestDatabase } from '../harness/database.ts';
import { startTestServer } from '../harness/server.ts';

let url: string;
let owner: Db;
let cookie: string;
let treatment: care.Treatment;

beforeAll(async () => {
  const database = await createTestDatabase();
  owner = openDb(openPool(database.urls.owner, { max: 2, onError: () => {} }));
  afterFile(() => owner.destroy());
  const { prescriber, injector, leeds: where } = await build(owner);
  const { consent } = await chain(owner, {
    ...{ prescriber, injector, where },
    patient: await patient(owner),
  });
  treatment = await care.bookTreatment(owner, consent, await later(owner, { hours: 49 }));
  await passTime(owner, { hours: 49 });
  await care.startTreatment(owner, treatment);
  ({ url } = await startTestServer(database));
  cookie = `session=${await startSession(owner, injector.accountId)}`;
});

async function sign() {
  const response = await fetch(`${url}/desk/appointments/${treatment.id}/treatment?/sign`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: url, cookie, accept: 'text/html' },
    body: new URLSearchParams({ note: 'Calm throughout.', endedAs: 'stopped' }),
  });
  return { status: response.status, text: await response.text() };
}
const proved = (ago: string) =>
  sql`UPDATE session SET proved_at = app_now() - ${ago}::interval`.execute(owner);
const record = async () => {
  const { rows } = await sql<{ note: string; signed: boolean }>`
    SELECT note, state = 'signed' AS signed FROM treatment_record WHERE appointment_id = ${treatment.id}`.execute(
    owner,
  );
  return rows[0];
};

it('a treatment is signed with a fresh proof alone, and what was written is kept without one', async () => {
  await proved('5 hours');
  const asked = await sign();
  expect(asked.status).toBe(403);
  expect(asked.text).toContain('Show once more that it is you');
  expect(asked.text).toContain('Calm throughout.');
  expect(await record()).toEqual({ note: 'Calm throughout.', signed: false });

  await proved('1 minute');
  const answered = await sign();
  expect(answered.text).not.toContain('Show once more that it is you');
});
