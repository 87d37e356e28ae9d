import { createHash } from 'node:crypto';
import { readFeed } from '#lib/server/domain/notifications/feed-reads.ts';
import { notFound, shown } from '#lib/server/http/guards.ts';
import { icsOfFeed } from '#lib/server/interop/ics/feed.ts';
import type { RequestHandler } from './$types';

/**
 * A calendar for whoever has its secret, read again and again. What has not changed since is answered with 304; a secret that
 * opens nothing is like a page that does not exist.
 */
export const GET: RequestHandler = async ({ locals, params, request, getClientAddress }) => {
  const { db, config, limits } = locals.app;
  await shown(() => limits.take('feedBySecret', params.secret));
  const feed = await readFeed(db, config.publicUrl, params.secret);
  if (feed === undefined) {
    await shown(() => limits.take('feedMissedByAddress', getClientAddress()));
    notFound();
  }
  const text = icsOfFeed(feed);
  const etag = `"${createHash('sha256').update(text).digest('base64url')}"`;
  const headers = {
    etag,
    'cache-control': 'private, no-cache',
    'x-robots-tag': 'noindex',
    'referrer-policy': 'no-referrer',
  };
  if (matches(request.headers.get('if-none-match'), etag))
    return new Response(null, { status: 304, headers });
  return new Response(text, {
    headers: {
      ...headers,
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': 'inline; filename="steadyhand.ics"',
      'x-content-type-options': 'nosniff',
    },
  });
};

/** Weakly: something between us and the calendar may have packed the text. */
function matches(given: string | null, etag: string): boolean {
  return (given ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
