import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import { cancelAppointment } from '#lib/server/domain/booking/cancel-appointment.ts';
import { cancelForm } from '#lib/server/domain/booking/day-input.ts';
import { readMyVisit } from '#lib/server/domain/care/my-care.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePatient, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePatient(event);
  const { app, actor } = event.locals;
  return {
    visit: await shown(() => readMyVisit(app.db, actor, event.params.id)),
    requestKey: randomUUID(),
  };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, cancelForm, async (input) => {
      requirePatient(event);
      const { app, actor } = event.locals;
      await cancelAppointment(app.db, actor, { appointmentId: event.params.id, ...input });
      redirect(303, paths.myCare());
    }),
};
