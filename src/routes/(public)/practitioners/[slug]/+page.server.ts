import { paths } from '#lib/paths.ts';
import { readProfile } from '#lib/server/domain/directory/profile.ts';
import { pageOf } from '#lib/server/domain/reviews/input.ts';
import { shown } from '#lib/server/http/guards.ts';
import { practitionerJsonLd } from '#lib/server/interop/json-ld.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const { config, db } = locals.app;
  const profile = await shown(() =>
    readProfile(
      db,
      params.slug,
      Number(url.searchParams.get('from') ?? 0),
      pageOf(url.searchParams.get('reviews')),
    ),
  );
  const canonical = new URL(paths.practitioner(params.slug), config.publicUrl).href;
  return {
    profile,
    canonical,
    structuredData: profile.listed ? practitionerJsonLd(profile, canonical) : undefined,
  };
};
