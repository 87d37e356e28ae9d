import type { RequestHandler } from './$types';

/** Alive: asks nothing of anybody. */
export const GET: RequestHandler = () => new Response('ok', { headers: { 'cache-control': 'no-store' } });
