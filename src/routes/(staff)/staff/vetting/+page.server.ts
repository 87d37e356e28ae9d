import { readWaitingChanges } from '#lib/server/domain/oversight/profile-change-reads.ts';
import { readQueue } from '#lib/server/domain/oversight/reads.ts';
import { requireStaff } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'reviewer');
  const { app, actor } = event.locals;
  return { cases: await readQueue(app.db, actor), changes: await readWaitingChanges(app.db, actor) };
};
