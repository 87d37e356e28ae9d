import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import { readTimesToMove } from '#lib/server/domain/care/my-times.ts';
import { chosenTime } from '#lib/server/domain/care/patient-input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePatient, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePatient(event);
  const { app, actor } = event.locals;
  return {
    ...(await shown(() =>
      readTimesToMove(app.db, actor, event.params.id, event.url.searchParams.get('from')),
    )),
    requestKey: randomUUID(),
  };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, chosenTime, async ({ start: { start }, requestKey }) => {
      requirePatient(event);
      const { app, actor } = event.locals;
      await moveAppointment(app.db, actor, { appointmentId: event.params.id, start, requestKey });
      redirect(303, paths.myAppointment(event.params.id));
    }),
};
