import { readForgettings } from '#lib/server/domain/privacy/forgetting-reads.ts';
import { requireStaff, shown } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'reviewer', 'operator');
  return shown(() => readForgettings(event.locals.app.db, event.locals.actor));
};
