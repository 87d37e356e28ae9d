import { readDeskEffects } from '#lib/server/domain/care/adverse-events/reads.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return shown(() => readDeskEffects(app.db, actor));
};
