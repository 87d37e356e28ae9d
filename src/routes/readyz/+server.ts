import { json } from '@sveltejs/kit';
import { readiness } from '#lib/server/http/readiness.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals }) => {
  const state = await readiness(locals.app);
  return json(state, { status: state.ready ? 200 : 503, headers: { 'cache-control': 'no-store' } });
};
