import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { ensureBuilt } from '../../src/bin/build.ts';
import { findChrome } from './chrome.ts';
import { once, startCluster, type Template } from './cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where test files ask this process for what the whole run shares. */
    sharedParts: string;
  }
}

/**
 * What the whole run shares (the database server and its templates, the built application, the browser) is
 * made once, when a test file first asks for it: a run of pure tests waits for none of it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let clusterStarted = false;
  const cluster = once(() => {
    clusterStarted = true;
    return startCluster();
  });
  const parts: Record<string, (argument: string) => Promise<unknown>> = {
    create: async (template) => (await cluster()).create(template as Template),
    drop: async (name) => (await cluster()).drop(name),
    build: once(() => ensureBuilt(console.log)),
    chrome: once(findChrome),
  };

  const server = createServer((request, response) => {
    const [, part = '', argument = ''] = (request.url ?? '').split('/');
    const answer = parts[part]?.(argument) ?? Promise.reject(new Error(`There is no shared part ${part}.`));
    answer.then(
      (value) => response.end(JSON.stringify(value ?? null)),
      (error: unknown) => response.writeHead(500).end(String((error as Error).stack ?? error)),
    );
  });
  // The first to ask for the demo town waits for all of it.
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  project.provide('sharedParts', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);

  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    if (clusterStarted) await (await cluster()).stop();
  };
}
