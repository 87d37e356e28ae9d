import { searchInput } from '#lib/server/domain/directory/input.ts';
import { searchPractitioners } from '#lib/server/domain/directory/search.ts';
import { formValues } from '#lib/server/http/form.ts';
import { searchShown } from '#lib/server/http/search-page.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ url, locals }) => {
  const { config, db, search } = locals.app;
  const input = searchInput.parse(formValues(url.searchParams));
  return searchShown(await searchPractitioners(db, search, input), config.publicUrl);
};
