import { readPortfolioQueue } from '#lib/server/domain/portfolio/reads.ts';
import { requireStaff } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'reviewer');
  return { cases: await readPortfolioQueue(event.locals.app.db, event.locals.actor) };
};
