import { error } from '@sveltejs/kit';
import { isMonitor, metricsText } from '#lib/server/http/metrics.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals: { app }, request }) => {
  if (!isMonitor(request, app.config.metricsToken)) error(404, 'We could not find that page.');
  return new Response(await metricsText(app), {
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' },
  });
};
