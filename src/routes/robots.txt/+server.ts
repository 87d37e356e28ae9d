import type { RequestHandler } from './$types';

/** Private pages say noindex themselves and answer only their owners; invented people are nobody's to index. */
export const GET: RequestHandler = ({ locals }) => {
  const { mode, publicUrl } = locals.app.config;
  const lines = ['User-agent: *', 'Allow: /'];
  if (mode === 'production') lines.push(`Sitemap: ${new URL('/sitemap.xml', publicUrl)}`);
  return new Response(`${lines.join('\n')}\n`, { headers: { 'content-type': 'text/plain' } });
};
