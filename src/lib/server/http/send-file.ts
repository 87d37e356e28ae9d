import type { Evidence } from '../domain/credentials/evidence.ts';

/**
 * A file that somebody gave us. Pictures were drawn anew by us and may be shown; a PDF is somebody else's program, so it
 * is only ever saved, and nothing it holds runs under our name.
 */
export function savedFile(file: Evidence): Response {
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
}
