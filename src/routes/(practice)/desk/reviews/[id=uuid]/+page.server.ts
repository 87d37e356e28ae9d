import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { replyForm } from '#lib/server/domain/reviews/input.ts';
import { readDeskReview } from '#lib/server/domain/reviews/reads.ts';
import { replyToReview } from '#lib/server/domain/reviews/reply-to-review.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return { review: await shown(() => readDeskReview(app.db, actor, event.params.id)) };
};

export const actions: Actions = {
  default: (event) => {
    requirePractitioner(event);
    return formAction(event, replyForm, async ({ words }) => {
      await replyToReview(event.locals.app.db, event.locals.actor, { reviewId: event.params.id, words });
      redirect(303, paths.deskReview(event.params.id));
    });
  },
};
