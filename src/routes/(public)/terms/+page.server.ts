import { latestOf, TERMS_VERSIONS } from '#lib/server/domain/accounts/terms.ts';
import { formatCalendarDate } from '#lib/server/domain/shared/dates.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = () => {
  const { version, since } = latestOf(TERMS_VERSIONS.terms);
  return { version, since: formatCalendarDate(since) };
};
