import { afterFile } from './after.ts';
import type { Template, TestDatabase } from './cluster.ts';
import { askFor } from './parts.ts';

/** A database of this test file's own, dropped when the file is done. */
export async function createTestDatabase(template: Template = 'empty'): Promise<TestDatabase> {
  const database = await askFor<TestDatabase>('create', template);
  afterFile(() => askFor('drop', database.name));
  return database;
}
