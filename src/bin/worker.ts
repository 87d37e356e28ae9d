import { startWorker } from '#lib/server/worker.ts';
import { enter } from './entry.ts';
import { refuseUnfitForProduction } from './prepare.ts';
import { configOrStop } from './serve.ts';

/*
 * The worker alone, on a database that is already there: beside web servers that are started with `node src/bin/serve.ts`.
 * Several of them share the work; each job is done by one.
 */
await enter(async ({ onStop }) => {
  const config = configOrStop(process.env);
  if (config.mode === 'production') await refuseUnfitForProduction(config.databaseUrl);
  const worker = await startWorker(process.env);
  onStop(() => worker.stop());
  console.log('ready');
});
