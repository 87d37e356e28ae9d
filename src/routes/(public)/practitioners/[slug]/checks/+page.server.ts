import { paths } from '#lib/paths.ts';
import { readChecks } from '#lib/server/domain/directory/checks.ts';
import { shownUnderSlug } from '#lib/server/http/former-slug.ts';
import type { PageServerLoad } from './$types';

/** Nothing on it needs a script. */
export const csr = false;

export const load: PageServerLoad = async (event) => {
  const { locals, params } = event;
  const { config, db } = locals.app;
  return {
    badge: await shownUnderSlug(event, () => readChecks(db, params.slug)),
    canonical: new URL(paths.practitionerChecks(params.slug), config.publicUrl).href,
  };
};
