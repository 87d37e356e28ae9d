import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { reopen } from '#lib/server/domain/booking/close-time.ts';
import { reopenForm } from '#lib/server/domain/booking/closure-input.ts';
import { readClosures } from '#lib/server/domain/booking/closure-reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  return shown(() => readClosures(event.locals.app.db, event.locals.actor));
};

export const actions: Actions = {
  reopen: (event) =>
    formAction(event, reopenForm, async (input) => {
      requireViewer(event);
      await reopen(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.closures());
    }),
};
