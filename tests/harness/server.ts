import { afterFile } from './after.ts';
import type { TestDatabase } from './cluster.ts';
import { askFor } from './parts.ts';
import { startServerProcess, type ServerOptions, type ServerProcess } from './processes.ts';

/** The application as visitors meet it, built and serving one test database. */
export async function startTestServer(
  database: TestDatabase,
  options?: ServerOptions,
): Promise<ServerProcess> {
  await askFor('build');
  const server = await startServerProcess(database.urls, options);
  afterFile(server.stop);
  return server;
}
