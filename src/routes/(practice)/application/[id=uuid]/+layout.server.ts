import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { readApplication } from '#lib/server/domain/credentials/application-reads.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { LayoutServerLoad } from './$types';

/** The viewer's own application, for every question page. While reviewers are at work only its overview opens. */
export const load: LayoutServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  const application = await shown(() => readApplication(app.db, actor, event.params.id));
  const overview = paths.application(application.id);
  if (application.isOpen && event.url.pathname !== overview) redirect(303, overview);
  return { application };
};
