import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import { changePractitioner } from '#lib/server/domain/booking/change-practitioner.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import { readTimesToMove } from '#lib/server/domain/care/my-times.ts';
import { movedTime } from '#lib/server/domain/care/patient-input.ts';
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
    formAction(event, movedTime, async ({ start: { start, locationId, practitionerId }, requestKey }) => {
      requirePatient(event);
      const { app, actor } = event.locals;
      const appointmentId = event.params.id;
      if (practitionerId !== undefined) {
        const instead = { appointmentId, practitionerId, locationId, start, requestKey };
        const { id } = await changePractitioner(app.db, actor, instead);
        redirect(303, paths.myAppointment(id));
      }
      await moveAppointment(app.db, actor, { appointmentId, start, requestKey });
      redirect(303, paths.myAppointment(event.params.id));
    }),
};
