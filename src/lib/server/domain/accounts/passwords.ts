import { hash, verify } from '@node-rs/argon2';

/** Argon2id at OWASP's minimum: 19 MiB, two passes, one lane. It runs off the event loop. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const AT_ONCE = 2;

let running = 0;
const waiting: (() => void)[] = [];

/** Keeps the memory and the cores that hashing may take bounded, however many people sign in at once. */
export async function bounded<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running++;
  try {
    return await work();
  } finally {
    running--;
    waiting.shift()?.();
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
