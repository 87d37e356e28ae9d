import { readWeek } from '#lib/server/domain/care/reads.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return { week: await shown(() => readWeek(app.db, actor, event.url.searchParams.get('day'))) };
};
