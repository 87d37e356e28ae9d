import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { readChoices } from '#lib/server/domain/credentials/application-reads.ts';
import { beginApplication } from '#lib/server/domain/practitioners/begin-application.ts';
import { beginForm } from '#lib/server/domain/practitioners/input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  // Who has no account yet makes one first, and comes back here.
  if (event.locals.viewer === null) redirect(303, paths.signIn(event.url.pathname + event.url.search));
  const asked = beginForm.shape.jurisdiction.safeParse(event.url.searchParams.get('in'));
  const jurisdiction = asked.success ? asked.data : null;
  return { jurisdiction, ...(await readChoices(event.locals.app.db, jurisdiction)) };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, beginForm, async (input) => {
      requireViewer(event);
      const { applicationId } = await beginApplication(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.application(applicationId));
    }),
};
