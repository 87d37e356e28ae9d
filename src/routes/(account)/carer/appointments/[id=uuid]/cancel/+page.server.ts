import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import { cancelAppointment } from '#lib/server/domain/booking/cancel-appointment.ts';
import { carerCancelForm } from '#lib/server/domain/booking/carer-input.ts';
import { readCaredVisit } from '#lib/server/domain/booking/carer-reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  const { app, actor } = event.locals;
  return {
    visit: await shown(() => readCaredVisit(app.db, actor, event.params.id)),
    requestKey: randomUUID(),
  };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, carerCancelForm, async (input) => {
      requireViewer(event);
      const { app, actor } = event.locals;
      await cancelAppointment(app.db, actor, { appointmentId: event.params.id, ...input });
      redirect(303, paths.carer());
    }),
};
