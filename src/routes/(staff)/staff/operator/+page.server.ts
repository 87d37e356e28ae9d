import { readOperations, verifyAuditTrail } from '#lib/server/domain/oversight/reads.ts';
import { requireStaff } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const viewer = requireStaff(event, 'operator');
  return {
    isReviewer: viewer.staffRoles.includes('reviewer'),
    operations: await readOperations(event.locals.app.db, event.locals.actor),
  };
};

export const actions: Actions = {
  verify: async (event) => {
    requireStaff(event, 'operator');
    return { breaks: await verifyAuditTrail(event.locals.app.db, event.locals.actor) };
  },
};
