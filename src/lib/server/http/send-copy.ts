import type { PersonalCopy } from '../domain/privacy/personal-copy.ts';

/** A copy of somebody's data as a file that nobody keeps on the way. */
export function sendCopy(copy: PersonalCopy, name: string): Response {
  return new Response(JSON.stringify(copy, null, 2), {
    headers: {
      'content-type': 'application/json',
      'content-disposition': `attachment; filename="${name}"`,
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
      'cache-control': 'no-store',
    },
  });
}
