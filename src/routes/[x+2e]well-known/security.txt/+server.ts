import { securityTxt } from '#lib/server/http/security-txt.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals }) => {
  const { config, db } = locals.app;
  return new Response(securityTxt(config, await appNow(db)), {
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  });
};
