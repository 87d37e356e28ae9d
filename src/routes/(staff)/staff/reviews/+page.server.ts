import { readReviewQueue } from '#lib/server/domain/reviews/reads.ts';
import { requireStaff } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'reviewer');
  return { reviews: await readReviewQueue(event.locals.app.db, event.locals.actor) };
};
