import { createHash } from 'node:crypto';
import type { SearchDocument } from './port.ts';

/** Another one whenever anything of the document is another. */
export function fingerprintOf(document: SearchDocument<unknown>): string {
  return createHash('sha256').update(JSON.stringify(document)).digest('base64url').slice(0, 22);
}
