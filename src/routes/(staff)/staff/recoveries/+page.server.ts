import { readRecoveries } from '#lib/server/domain/accounts/recovery-reads.ts';
import { requireStaff } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'reviewer', 'operator');
  return readRecoveries(event.locals.app.db, event.locals.actor);
};
