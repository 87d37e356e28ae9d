import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import { carerMoveForm } from '#lib/server/domain/booking/carer-input.ts';
import { readTimesForCared } from '#lib/server/domain/booking/carer-reads.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  const { app, actor } = event.locals;
  const from = event.url.searchParams.get('from');
  return {
    ...(await shown(() => readTimesForCared(app.db, actor, event.params.id, from))),
    requestKey: randomUUID(),
  };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, carerMoveForm, async (input) => {
      requireViewer(event);
      const { app, actor } = event.locals;
      await moveAppointment(app.db, actor, { appointmentId: event.params.id, ...input });
      redirect(303, paths.carer());
    }),
};
