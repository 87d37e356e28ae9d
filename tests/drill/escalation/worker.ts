import { startWorker } from '#lib/server/worker.ts';

/** The worker alone, as a process that can be killed. */
await startWorker(process.env);
console.log('ready');
