import { readMyReviews } from '#lib/server/domain/reviews/reads.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  return shown(() => readMyReviews(event.locals.app.db, event.locals.actor));
};
