import { readMyComplaints } from '#lib/server/domain/oversight/complaints/reads.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  return shown(() => readMyComplaints(event.locals.app.db, event.locals.actor));
};
