import { createHash, randomBytes } from 'node:crypto';

/** The secret of a link or a reading: it is in the address, and only its hash is kept. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a secret; null for what cannot be one. */
export function hashOfSecret(secret: string): string | null {
  return /^[\w-]{43}$/.test(secret) ? createHash('sha256').update(secret).digest('hex') : null;
}
