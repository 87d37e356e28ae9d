import { createServer } from 'vite';
import { enter } from './entry.ts';
import { runEverything } from './run.ts';

await enter((lifetime) =>
  runEverything(lifetime, async (web) => {
    const vite = await createServer({
      appType: 'custom',
      server: { middlewareMode: true, hmr: { server: web.http } },
    });
    lifetime.onStop(() => vite.close());
    return vite.middlewares;
  }),
);
