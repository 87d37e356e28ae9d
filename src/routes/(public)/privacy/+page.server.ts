import { latestOf, TERMS_VERSIONS } from '#lib/server/domain/accounts/terms.ts';
import { privacyNotice, processors } from '#lib/server/domain/privacy/notice.ts';
import { formatCalendarDate } from '#lib/server/domain/shared/dates.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => {
  const { version, since } = latestOf(TERMS_VERSIONS.privacy);
  return {
    version,
    since: formatCalendarDate(since),
    purposes: privacyNotice(),
    processors: processors(locals.app.config),
  };
};
