import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { askToCheckAudit, readAuditCheck } from '#lib/server/domain/oversight/audit-check.ts';
import { readOperations } from '#lib/server/domain/oversight/reads.ts';
import { requireStaff } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const viewer = requireStaff(event, 'operator');
  return {
    isReviewer: viewer.staffRoles.includes('reviewer'),
    operations: await readOperations(event.locals.app.db, event.locals.actor),
    check: await readAuditCheck(event.locals.app.db, event.locals.actor),
  };
};

export const actions: Actions = {
  verify: async (event) => {
    requireStaff(event, 'operator');
    await askToCheckAudit(event.locals.app.db, event.locals.actor);
    redirect(303, `${paths.operator()}#audit`);
  },
};
