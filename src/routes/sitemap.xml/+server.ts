import { paths } from '#lib/paths.ts';
import { listedSlugs } from '#lib/server/domain/directory/reads.ts';
import type { RequestHandler } from './$types';

/** Public pages, and the profiles of those who are listed at this moment. */
export const GET: RequestHandler = async ({ locals }) => {
  const { config, db } = locals.app;
  const slugs = await listedSlugs(db);
  const addresses = [
    paths.home(),
    paths.search(),
    paths.howWeCheck(),
    paths.terms(),
    paths.privacyNotice(),
    paths.howSearchWorks(),
    paths.safetyReport(),
    paths.urgent(),
    paths.contact(),
    paths.workWithUs(),
    ...slugs.map((slug) => paths.practitioner(slug)),
  ];
  const entries = addresses
    .map((path) => `<url><loc>${new URL(path, config.publicUrl).href}</loc></url>`)
    .join('');
  return new Response(
    `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${entries}</urlset>`,
    {
      headers: { 'content-type': 'application/xml', 'cache-control': 'no-store' },
    },
  );
};
