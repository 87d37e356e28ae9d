import { readEvidence } from '#lib/server/domain/credentials/read-evidence.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import type { RequestHandler } from './$types';

/**
 * A file behind a credential. Pictures were drawn anew by us and may be shown; a PDF is somebody else's program, so it
 * is only ever saved, and nothing it holds runs under our name.
 */
export const GET: RequestHandler = async (event) => {
  requireViewer(event);
  const { app, actor } = event.locals;
  const file = await shown(() => readEvidence(app.db, actor, event.params.id));
  const how = file.type === 'application/pdf' ? 'attachment' : 'inline';
  return new Response(new Uint8Array(file.bytes), {
    headers: {
      'content-type': file.type,
      'content-disposition': `${how}; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    },
  });
};
