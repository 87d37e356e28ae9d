import { createApp } from '#lib/server/app.ts';
import { reindex } from '#lib/server/domain/directory/repair-index.ts';
import { enter } from './entry.ts';

const USAGE = `Usage: npm run reindex
Makes the search index anew, while searches go on: in PostgreSQL, and on the search server where MEILI_URL names one.
Reads the same settings as the worker.`;

await enter(async ({ onStop }) => {
  if (process.argv.length > 2) {
    console.error(USAGE);
    process.exit(2);
  }
  const app = createApp(process.env, 'worker');
  onStop(() => app.close());
  const startedAt = performance.now();
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  const documents = await reindex(app.db, app.search, (made) =>
    console.error(`${made} documents made, ${seconds()}`),
  );
  console.error(`The index holds ${documents} documents, after ${seconds()}.`);
  await app.close();
  process.exit(0);
});
