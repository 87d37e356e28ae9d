import type { Db } from '#lib/server/platform/db.ts';

/** Fewer than the pool has: while a thousand people want one time, others still find a connection for their page. */
const AT_ONCE = 5;
/** Who would wait longer than a person does is told so at once. */
const LONGEST_QUEUE = 5_000;

interface Queue {
  running: number;
  readonly waiting: (() => void)[];
}

const queues = new WeakMap<Db, Queue>();

/**
 * Runs `work` when it is its turn, in the order of asking. Without this a burst would wait for database connections
 * instead, which give up after two seconds. Answers undefined when the queue is too long to be waited for.
 */
export async function inTurn<T>(db: Db, work: () => Promise<T>): Promise<T | undefined> {
  const queue = queueOf(db);
  if (queue.waiting.length >= LONGEST_QUEUE) return undefined;
  if (queue.running >= AT_ONCE) await new Promise<void>((resolve) => queue.waiting.push(resolve));
  else queue.running++;
  try {
    return await work();
  } finally {
    const next = queue.waiting.shift();
    if (next) next();
    else queue.running--;
  }
}

function queueOf(db: Db): Queue {
  let queue = queues.get(db);
  if (queue === undefined) queues.set(db, (queue = { running: 0, waiting: [] }));
  return queue;
}
