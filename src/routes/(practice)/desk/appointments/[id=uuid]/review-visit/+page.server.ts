import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { reviewVisitForm } from '#lib/server/domain/care/input.ts';
import { recordReviewVisit } from '#lib/server/domain/care/record-review-visit.ts';
import { RESULTS } from '#lib/server/domain/care/review-visit.ts';
import { readReviewVisit } from '#lib/server/domain/care/visit-reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return {
    ...(await shown(() => readReviewVisit(app.db, actor, event.params.id))),
    results: Object.entries(RESULTS).map(([value, label]) => ({ value, label })),
  };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, reviewVisitForm, async (input) => {
      requirePractitioner(event);
      const { app, actor } = event.locals;
      await recordReviewVisit(app.db, actor, { appointmentId: event.params.id, ...input });
      redirect(303, paths.deskReviewVisit(event.params.id));
    }),
};
