import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { handlerForm } from '#lib/server/domain/oversight/complaints/input.ts';
import { endHandler, nameHandler } from '#lib/server/domain/oversight/complaints/name-handler.ts';
import { readDeskComplaints } from '#lib/server/domain/oversight/complaints/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireComplaintReader, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireComplaintReader(event);
  return shown(() => readDeskComplaints(event.locals.app.db, event.locals.actor));
};

export const actions: Actions = {
  name: (event) =>
    formAction(event, handlerForm, async (input) => {
      requireComplaintReader(event);
      await nameHandler(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.deskComplaints());
    }),
  end: (event) =>
    formAction(event, handlerForm, async (input) => {
      requireComplaintReader(event);
      await endHandler(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.deskComplaints());
    }),
};
