import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startEmbedded } from '#db/embedded.ts';
import { projectFolder } from './build.ts';
import type { Lifetime } from './entry.ts';
import { bringUpToDate, foundDemoTown, refuseUnfitForProduction } from './prepare.ts';
import { announceShutdown, configOrStop, openWebServer, type Handler, type WebServer } from './serve.ts';

const say = (line: string) => console.log(line);

/**
 * The whole of Steadyhand in one process: database (our own when none is given), migrations, demo town,
 * worker and web server. `makeHandler` decides whether the pages are built or rebuilt as they change.
 */
export async function runEverything(
  lifetime: Lifetime,
  makeHandler: (web: WebServer, publicUrl: URL) => Promise<Handler>,
): Promise<void> {
  const { onStop } = lifetime;
  const { env } = process;
  const ownDatabase = !env.DATABASE_URL;
  if (ownDatabase) env.MODE ??= 'demo';
  const config = configOrStop({ ...env, DATABASE_URL: env.DATABASE_URL || 'postgres://127.0.0.1' });
  env.PUBLIC_URL ??= config.publicUrl.origin;

  const web = await openWebServer(config);
  onStop(web.drain);
  const isDemo = config.mode === 'demo';
  if (isDemo) env.SEALING_KEYS ||= ownSealingKey();

  if (ownDatabase) await useEmbedded(lifetime, isDemo, say);
  else if (env.OWNER_DATABASE_URL) await prepare(env.OWNER_DATABASE_URL, isDemo, say);
  else say('OWNER_DATABASE_URL is not set: migrations are left to npm run migrate.');

  if (config.mode === 'production') await refuseUnfitForProduction(env.DATABASE_URL!);

  onStop(announceShutdown);
  const { startWorker } = await import('#lib/server/worker.ts');
  const worker = await startWorker(env);
  onStop(() => worker.stop());
  // Once more, so that it comes before the others: what was registered last is stopped first.
  onStop(web.drain);
  web.answerWith(await makeHandler(web, config.publicUrl));
  say(`ready ${web.url}`);
}

/** The key of a demo lies in its folder: made once, readable by nobody else. */
function ownSealingKey(): string {
  const folder = resolve(projectFolder, process.env.DATA_DIR ?? '.data');
  const file = join(folder, 'sealing-key');
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(file, `demo:${randomBytes(32).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8').trim();
}

/** Starts the database of our own, brings it up to date, and names it in the environment. */
export async function useEmbedded(
  { onStop, fail }: Lifetime,
  isDemo: boolean,
  say: (line: string) => void,
): Promise<void> {
  const dataDir = resolve(projectFolder, process.env.DATA_DIR ?? '.data');
  const postgres = await startEmbedded({ dataDir, say, onLost: fail });
  onStop(postgres.stop);
  await postgres.prepareDatabase((ownerUrl) => prepare(ownerUrl, isDemo, say));
  const urls = postgres.urls();
  process.env.DATABASE_URL = urls.app;
  process.env.WORKER_DATABASE_URL = urls.worker;
  process.env.OWNER_DATABASE_URL = urls.owner;
}

/** Brings a database up to date; a demo has a town in it. */
export async function prepare(ownerUrl: string, isDemo: boolean, say: (line: string) => void): Promise<void> {
  await bringUpToDate(ownerUrl);
  if (isDemo) await foundDemoTown(ownerUrl, say);
}
