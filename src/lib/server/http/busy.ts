import type { RequestEvent } from '@sveltejs/kit';
import { Refusal } from '../domain/shared/refusal.ts';
import { problemResponse } from './json.ts';

/**
 * The answer where nobody can be asked who somebody is: to a program as a problem, to a browser as a page that needs nothing, made
 * of SvelteKit's `template` for errors.
 */
export function unavailable({ route }: Pick<RequestEvent, 'route'>, template: string): Response {
  const refusal = new Refusal('unavailable');
  if (route.id?.startsWith('/api/')) return problemResponse(refusal);
  const page = template
    .replaceAll('%sveltekit.status%', String(refusal.status))
    .replaceAll('%sveltekit.error.message%', refusal.message);
  return new Response(page, {
    status: refusal.status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'retry-after': '2',
    },
  });
}
