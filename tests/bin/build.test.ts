import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { alone } from '../../src/bin/alone.ts';
import { askFor } from '../harness/parts.ts';
import { builtHandler, ensureBuilt, projectFolder } from '../../src/bin/build.ts';

let folder: string;
beforeAll(async () => {
  // Nobody else builds here afterwards.
  await askFor('build');
  folder = await mkdtemp(join(tmpdir(), 'steadyhand-build-'));
  process.env.BUILD_DIR = join(folder, 'build');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('two who want the pages built at once have them built once', async () => {
  const ended = Promise.withResolvers<undefined>();
  let builds = 0;
  const build = async () => {
    builds += 1;
    await ended.promise;
    mkdirSync(join(folder, 'build'), { recursive: true });
    writeFileSync(builtHandler(), '');
  };
  const said: string[] = [];
  const both = [ensureBuilt((line) => said.push(line), build), ensureBuilt((line) => said.push(line), build)];
  await expect.poll(() => said.length).toBe(2);
  ended.resolve(undefined);
  await Promise.all(both);
  expect(builds).toBe(1);
  expect(said).toEqual([
    'Building the pages ...',
    'The pages are being built by another command; waiting for it ...',
  ]);
  await ensureBuilt(() => expect.fail('it is built'), build);
  expect(builds).toBe(1);
});

it('one that fails lets the next one try', async () => {
  const file = join(folder, 'failing');
  const fails = alone(
    file,
    () => {},
    () => Promise.reject(new Error('no space left')),
  );
  await expect(fails).rejects.toThrow('no space left');
  expect(
    await alone(
      file,
      () => expect.fail('nobody is at it'),
      () => Promise.resolve('done'),
    ),
  ).toBe('done');
});

it('one that is killed leaves nothing behind', async () => {
  const file = join(folder, 'killed');
  const program = `
    import { alone } from './src/bin/alone.ts';
    await alone(process.argv[1], () => {}, () => new Promise(() => setInterval(() => console.log('at it'), 50)));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, file], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const waited = Promise.withResolvers<undefined>();
  const next = alone(
    file,
    () => waited.resolve(undefined),
    () => Promise.resolve('done'),
  );
  await waited.promise;
  child.kill('SIGKILL');
  expect(await next).toBe('done');
});
