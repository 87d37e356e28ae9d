import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { afterFile } from '../harness/after.ts';
import { createTestDatabase } from '../harness/database.ts';

const folder = mkdtempSync(join(tmpdir(), 'steadyhand-postcodes-'));
afterFile(() => rm(folder, { recursive: true, force: true }));

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

it('npm run postcodes loads a file of a country, and says what is wrong with one that it cannot use', async () => {
  const { urls } = await createTestDatabase();
  const run = (words: string[], env: Record<string, string> = { OWNER_DATABASE_URL: urls.owner }) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['src/bin/postcodes.ts', ...words], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ...env },
    });
    return { status, said: (stdout + stderr).trim() };
  };
  const good = fileOf(
    'good.csv',
    '\ufeff"pcds","oseast1m","lat","long"\r\n"SW4 7AB","1",51.46,-0.13\r\n"SW4 9ZZ","2",51.47,-0.14\r\n"GY1 1AA","",99.999999,0\r\n',
  );
  expect(run(['GB', good])).toEqual({ status: 0, said: '1 areas of GB, from 3 rows; 1 were left out.' });
  const nonsense = run(['GB', fileOf('none.csv', 'postcode,lat,lng\nhello,1,2\n')]);
  expect([nonsense.status, nonsense.said]).toEqual([1, expect.stringContaining('Nothing was changed')]);
  const columns = run(['GB', fileOf('columns.csv', 'postcode,where\nSW4,here\n')]);
  expect([columns.status, columns.said]).toEqual([
    1,
    expect.stringContaining('No column is called latitude'),
  ]);
  expect(run(['GB', join(folder, 'missing.csv')])).toMatchObject({
    status: 1,
    said: expect.stringContaining('ENOENT') as string,
  });
  expect(run(['FR', good])).toMatchObject({ status: 2, said: expect.stringContaining('Usage') as string });
  expect(run(['GB', good], {})).toMatchObject({
    status: 1,
    said: expect.stringContaining('OWNER_DATABASE_URL') as string,
  });
});
