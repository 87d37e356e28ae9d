import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import { bookReviewVisit } from '#lib/server/domain/care/book-review-visit.ts';
import { readReviewTimes } from '#lib/server/domain/care/my-times.ts';
import { chosenTime } from '#lib/server/domain/care/patient-input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePatient, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePatient(event);
  const { app, actor } = event.locals;
  return {
    times: await shown(() =>
      readReviewTimes(app.db, actor, event.params.id, event.url.searchParams.get('from')),
    ),
    requestKey: randomUUID(),
  };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, chosenTime, async ({ start: { start, locationId }, requestKey }) => {
      requirePatient(event);
      const { app, actor } = event.locals;
      const { id } = await bookReviewVisit(app.db, actor, {
        treatmentId: event.params.id,
        locationId,
        start,
        requestKey,
      });
      redirect(303, paths.myAppointment(id));
    }),
};
