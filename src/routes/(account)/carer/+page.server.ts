import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { endForm } from '#lib/server/domain/booking/carer-input.ts';
import { readCaredFor } from '#lib/server/domain/booking/carer-reads.ts';
import { endCarer } from '#lib/server/domain/booking/end-carer.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  return { people: await readCaredFor(event.locals.app.db, event.locals.actor) };
};

export const actions: Actions = {
  end: (event) =>
    formAction(event, endForm, async (input) => {
      await endCarer(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.carer());
    }),
};
