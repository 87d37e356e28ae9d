import { paths } from '#lib/paths.ts';
import { readProfile } from '#lib/server/domain/directory/profile.ts';
import { pageOf } from '#lib/server/domain/reviews/input.ts';
import { shownUnderSlug } from '#lib/server/http/former-slug.ts';
import { practitionerJsonLd } from '#lib/server/interop/json-ld.ts';
import type { PageServerLoad } from './$types';

/** Nothing on it needs a script. */
export const csr = false;

export const load: PageServerLoad = async (event) => {
  const { locals, params, url } = event;
  const { config, db } = locals.app;
  const profile = await shownUnderSlug(event, () =>
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
