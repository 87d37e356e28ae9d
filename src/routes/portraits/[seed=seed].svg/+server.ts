import { portraitSvg } from '#lib/ui/face/portrait-svg.ts';
import type { RequestHandler } from './$types';

/** The drawing that stands for somebody invented. It never changes, and knows nobody. */
export const GET: RequestHandler = ({ params }) =>
  new Response(portraitSvg(params.seed), {
    headers: {
      'content-type': 'image/svg+xml',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex, noimageindex',
      'cache-control': 'public, max-age=31536000, immutable',
    },
  });
