import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';

const TRY_AGAIN_MS = 200;
const BUSY = 5;

/**
 * Does `work` while no other process that names the same file does; `waiting` is called once where another is at it. SQLite
 * locks the file as the operating system locks files: whoever is killed has let it go, and nothing has to be cleared away.
 */
export async function alone<T>(file: string, waiting: () => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    if (!isTaken(lock)) {
      waiting();
      do await setTimeout(TRY_AGAIN_MS);
      while (!isTaken(lock));
    }
    return await work();
  } finally {
    lock.close();
  }
}

/** Whether the lock is ours now; false while somebody else holds it. */
function isTaken(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === BUSY) return false;
    throw error;
  }
}
