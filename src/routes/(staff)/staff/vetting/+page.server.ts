import { readQueue } from '#lib/server/domain/oversight/reads.ts';
import { requireStaff } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'reviewer');
  return { cases: await readQueue(event.locals.app.db, event.locals.actor) };
};
