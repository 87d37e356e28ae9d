import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { reviewForm, rewordForm } from '#lib/server/domain/reviews/input.ts';
import { readReviewPage } from '#lib/server/domain/reviews/reads.ts';
import { rewordReview, withdrawReview, writeReview } from '#lib/server/domain/reviews/write-review.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePatient, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePatient(event);
  return shown(() => readReviewPage(event.locals.app.db, event.locals.actor, event.params.id));
};

export const actions: Actions = {
  write: (event) =>
    formAction(event, reviewForm, async (said) => {
      requirePatient(event);
      const appointmentId = event.params.id;
      await writeReview(event.locals.app.db, event.locals.actor, { appointmentId, ...said });
      redirect(303, paths.myReview(appointmentId));
    }),
  reword: (event) =>
    formAction(event, rewordForm, async ({ words }) => {
      requirePatient(event);
      const appointmentId = event.params.id;
      await rewordReview(event.locals.app.db, event.locals.actor, { appointmentId, words });
      redirect(303, paths.myReview(appointmentId));
    }),
  withdraw: (event) =>
    formAction(event, z.object({}), async () => {
      requirePatient(event);
      const appointmentId = event.params.id;
      await withdrawReview(event.locals.app.db, event.locals.actor, { appointmentId });
      redirect(303, paths.myReview(appointmentId));
    }),
};
