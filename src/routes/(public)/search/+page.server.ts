import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { searchInput, searchQuery } from '#lib/server/domain/directory/input.ts';
import { postcodeArea } from '#lib/server/domain/directory/postcodes.ts';
import { searchPractitioners } from '#lib/server/domain/directory/search.ts';
import { formValues } from '#lib/server/http/form.ts';
import { searchMap } from '#lib/server/http/search-map.ts';
import { searchShown } from '#lib/server/http/search-page.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ url, locals }) => {
  const { config, db } = locals.app;
  const search = locals.app.search.forOnePage();
  const input = searchInput.parse(formValues(url.searchParams));
  // A whole postcode says where somebody lives: it does not stay in an address that is kept and passed on.
  const area = postcodeArea(input.place);
  if (area !== null && area.code !== input.place)
    redirect(303, paths.search(searchQuery({ ...input, place: area.code })));
  const found = await searchPractitioners(db, search, input);
  const shown = searchShown(found, config.publicUrl);
  const map = await searchMap(db, search, found, shown);
  return { ...shown, map: map && { ...map, styleUrl: config.mapStyleUrl?.href ?? null } };
};
