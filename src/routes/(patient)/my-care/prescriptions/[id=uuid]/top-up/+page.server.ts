import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import { bookTopUp } from '#lib/server/domain/care/book-top-up.ts';
import { chosenTime } from '#lib/server/domain/care/patient-input.ts';
import { readTopUpTimes } from '#lib/server/domain/care/top-up-times.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePatient, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePatient(event);
  const { app, actor } = event.locals;
  const from = event.url.searchParams.get('from');
  return {
    topUp: await shown(() => readTopUpTimes(app.db, actor, event.params.id, from)),
    requestKey: randomUUID(),
  };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, chosenTime, async ({ start: { start, locationId }, requestKey }) => {
      requirePatient(event);
      const { app, actor } = event.locals;
      const { id } = await bookTopUp(app.db, actor, {
        prescriptionId: event.params.id,
        locationId,
        start,
        requestKey,
      });
      redirect(303, paths.myAppointment(id));
    }),
};
