import { paths } from '#lib/paths.ts';
import { readCases } from '#lib/server/domain/directory/cases.ts';
import { shownUnderSlug } from '#lib/server/http/former-slug.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const { locals, params } = event;
  const { config, db } = locals.app;
  return {
    shown: await shownUnderSlug(event, () => readCases(db, params.slug)),
    canonical: new URL(paths.practitionerPictures(params.slug), config.publicUrl).href,
  };
};
