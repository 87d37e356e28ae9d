import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { openLog } from '#lib/server/platform/log.ts';
import { afterFile } from '../harness/after.ts';
import { createTestDatabase } from '../harness/database.ts';

function logged(err: unknown) {
  const lines: string[] = [];
  openLog('error', { write: (line) => void lines.push(line) }).error({ err }, 'unexpected error');
  return JSON.parse(lines.join('')) as { err: Record<string, unknown> };
}

it('an error is logged with where it came from, and with none of the words that it was about', async () => {
  const { urls } = await createTestDatabase();
  const db = openDb(openPool(urls.app, { max: 1, onError: () => {} }));
  afterFile(() => db.destroy());
  const typed = 'Ada\nLovelace\n    at home with her mother';
  const problem = await sql`SELECT ${typed}::uuid`.execute(db).catch((error: unknown) => error);
  const { err } = logged(problem);
  expect(err).toMatchObject({ type: 'error', code: '22P02' });
  expect(err.stack).toMatch(/^ {4}at /);
  expect(JSON.stringify(err)).not.toMatch(/Ada|Lovelace|mother/);
});

it('whatever is thrown is logged', () => {
  expect(logged('words').err).toEqual({ type: 'string' });
  expect(logged(Object.assign(new Error('Ada\nLovelace'), { stack: undefined })).err).toEqual({
    type: 'Error',
    stack: '',
  });
  // A message that was written anew afterwards: the stack still begins with the first one.
  const renamed = new Error('Ada\nLovelace');
  renamed.message = 'no such person';
  expect(JSON.stringify(logged(renamed))).not.toMatch(/Ada|Lovelace/);
});
