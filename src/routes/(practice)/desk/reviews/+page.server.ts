import { pageOf } from '#lib/server/domain/reviews/input.ts';
import { readDeskReviews } from '#lib/server/domain/reviews/reads.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return shown(() => readDeskReviews(app.db, actor, pageOf(event.url.searchParams.get('page'))));
};
