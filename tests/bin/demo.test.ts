import { execFile } from 'node:child_process';
import { beforeAll, expect, it } from 'vitest';
import type { DatabaseUrls } from '#db/embedded.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { projectFolder } from '../../src/bin/build.ts';
import { createTestDatabase } from '../harness/database.ts';

let urls: DatabaseUrls;
beforeAll(async () => {
  ({ urls } = await createTestDatabase('demo'));
});

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function demo(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['src/bin/demo.ts', ...args],
      {
        cwd: projectFolder,
        env: {
          ...process.env,
          MODE: 'demo',
          LOG_LEVEL: 'silent',
          DATABASE_URL: urls.app,
          WORKER_DATABASE_URL: urls.worker,
          OWNER_DATABASE_URL: urls.owner,
          MEILI_URL: '',
          ...env,
        },
      },
      (error, stdout, stderr) => resolve({ code: (error?.code as number | undefined) ?? 0, stdout, stderr }),
    );
  });
}

it.each([
  [],
  ['--practitioners'],
  ['--practitioners', 'many'],
  ['--practitioners', '0'],
  ['--practitioners', '150001'],
])('tells how it is used when asked %j %j', async (...args) => {
  const { code, stderr } = await demo(args);
  expect(code).toBe(2);
  expect(stderr).toContain('npm run demo -- --practitioners N');
});

it('lets the town grow, tells how far it is on stderr, and in the last line what it came to', async () => {
  const { code, stdout, stderr } = await demo(['--practitioners', '400']);
  expect(stderr).toMatch(/^400 of 400 practitioners, \d+\.\d s$/m);
  expect(stdout).toMatch(
    /^The demo town has 400 practitioners, and the search index \d{3} documents, after \d+\.\d s and with \d+ MB of memory at most\.\n$/,
  );
  expect(code).toBe(0);
});

it('refuses production', async () => {
  const { code, stderr } = await demo(['--practitioners', '500'], { MODE: 'production' });
  expect(code).toBe(1);
  expect(stderr).toContain('Production takes no demo people');
  expect((await demo(['--practitioners', '500'], { MODE: '' })).code).toBe(1);
});

it('refuses to put demo people beside a real one', async () => {
  const db = openDb(openPool(urls.owner, { max: 1, onError: () => {} }));
  await db
    .insertInto('account')
    .values({ email: 'somebody@example.test', display_name: 'Somebody' })
    .execute();
  await db.destroy();
  const { code, stderr } = await demo(['--practitioners', '500']);
  expect(code).toBe(1);
  expect(stderr).toContain('not of the demo');
});
