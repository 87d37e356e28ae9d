import { paths } from '#lib/paths.ts';
import { readChecks } from '#lib/server/domain/directory/checks.ts';
import { shown } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

/** Nothing on it needs a script. */
export const csr = false;

export const load: PageServerLoad = async ({ locals, params }) => {
  const { config, db } = locals.app;
  return {
    badge: await shown(() => readChecks(db, params.slug)),
    canonical: new URL(paths.practitionerChecks(params.slug), config.publicUrl).href,
  };
};
