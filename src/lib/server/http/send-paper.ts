import type { RequestEvent } from '@sveltejs/kit';
import { paths } from '../../paths.ts';
import type { OpenedPaper, PaperLinks } from '../domain/records/open-paper.ts';

/** A paper as the answer to a request: shown by the browser, kept by nobody on the way. */
export function paperResponse({ bytes, fileName }: OpenedPaper): Response {
  return new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': 'application/pdf',
      'content-disposition': `inline; filename="${fileName}"`,
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'",
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    },
  });
}

/** The addresses that are printed on papers. */
export function paperLinks({ locals }: RequestEvent): PaperLinks {
  const { publicUrl } = locals.app.config;
  return {
    verify: (code) => new URL(paths.verify(code), publicUrl).href,
    card: (code) => new URL(paths.emergencyCard(code), publicUrl).href,
  };
}

/**
 * A page that only its reader may keep: no search engine, no cache, and its address goes nowhere along a link. Not
 * `no-referrer`: browsers then send no origin with its own forms either, and we refuse those.
 */
export function keepPrivate(event: Pick<RequestEvent, 'setHeaders'>): void {
  event.setHeaders({
    'x-robots-tag': 'noindex',
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
  });
}
