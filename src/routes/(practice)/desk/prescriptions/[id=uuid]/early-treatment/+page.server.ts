import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { readEarlyTimes } from '#lib/server/domain/care/early-times.ts';
import { overrideForm } from '#lib/server/domain/care/input.ts';
import { overrideInterval } from '#lib/server/domain/care/override-interval.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return await shown(() => readEarlyTimes(app.db, actor, event.params.id));
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, overrideForm, async ({ start: { start, locationId }, reason }) => {
      requirePractitioner(event);
      const { app, actor } = event.locals;
      const { id: prescriptionId } = event.params;
      const id = await overrideInterval(app.db, actor, { prescriptionId, locationId, start, reason });
      redirect(303, paths.deskAppointment(id));
    }),
};
