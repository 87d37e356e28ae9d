import { hash, verify } from '@node-rs/argon2';
import { Refusal } from '../shared/refusal.ts';

/** Argon2id at OWASP's minimum: 19 MiB, two passes, one lane. It runs off the event loop. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const AT_ONCE = 2;
/** Who comes after so many others would wait for seconds: told at once, they try again. */
const MOST_WAITING = 60;

let running = 0;
const waiting: (() => void)[] = [];

/**
 * Keeps the memory and the cores that hashing may take bounded, however many people sign in at once. Two run; some wait
 * their turn; more are refused with `unavailable`.
 */
export async function bounded<T>(work: () => Promise<T>): Promise<T> {
  if (running < AT_ONCE) running++;
  else if (waiting.length >= MOST_WAITING) throw new Refusal('unavailable');
  // Whoever ends hands over their place, so that nobody slips in between.
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}

/** The same letters, however a keyboard composed them. */
const normal = (password: string) => password.normalize('NFKC');

/** Hashes a password for storage. */
export function hashPassword(password: string): Promise<string> {
  return bounded(() => hash(normal(password), COST));
}

/** True when the password fits. Without a stored hash the same work is done, so that the time tells nothing. */
export function passwordFits(storedHash: string | null | undefined, password: string): Promise<boolean> {
  return bounded(async () => {
    if (storedHash) return verify(storedHash, normal(password));
    await hash(normal(password), COST);
    return false;
  });
}
