import { readComplaintQueue } from '#lib/server/domain/oversight/complaints/reads.ts';
import { requireStaff } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'reviewer');
  return { complaints: await readComplaintQueue(event.locals.app.db, event.locals.actor) };
};
