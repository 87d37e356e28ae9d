import { ensureBuilt } from './build.ts';
import { enter } from './entry.ts';
import { runEverything } from './run.ts';
import { loadBuiltHandler } from './serve.ts';

await enter((lifetime) =>
  runEverything(lifetime, async (_web, publicUrl) => {
    await ensureBuilt(console.log);
    return loadBuiltHandler(publicUrl);
  }),
);
