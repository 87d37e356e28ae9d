import { readRendition } from '#lib/server/domain/portfolio/reads.ts';
import { shown } from '#lib/server/http/guards.ts';
import type { RequestHandler } from './$types';

/**
 * One size of a picture. Whether it may be seen is asked on each request, so what a patient takes back is gone with the
 * next one: browsers keep a public picture for themselves, and ask again each time whether it is still there.
 */
export const GET: RequestHandler = async (event) => {
  const { app, actor } = event.locals;
  const picture = await shown(() => readRendition(app.db, actor, event.params.id));
  const isKept = picture.isPublic && event.request.headers.get('if-none-match') === `"${event.params.id}"`;
  return new Response(isKept ? null : new Uint8Array(picture.bytes), {
    status: isKept ? 304 : 200,
    headers: {
      'content-type': picture.type,
      'content-disposition': 'inline',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex, noimageindex',
      'cross-origin-resource-policy': 'same-origin',
      // Its bytes never change under its address; that it may be seen does.
      ...(picture.isPublic
        ? { 'cache-control': 'private, no-cache', etag: `"${event.params.id}"` }
        : { 'cache-control': 'no-store' }),
    },
  });
};
