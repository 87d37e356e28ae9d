import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { readOwnApplications } from '#lib/server/domain/credentials/application-reads.ts';
import { requireViewer } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

/** One application is opened at once; without any there is one to begin. */
export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  const applications = await readOwnApplications(event.locals.app.db, event.locals.actor);
  if (applications.length === 0) redirect(303, paths.beginApplication());
  if (applications.length === 1) redirect(303, paths.application(applications[0]!.id));
  return { applications };
};
