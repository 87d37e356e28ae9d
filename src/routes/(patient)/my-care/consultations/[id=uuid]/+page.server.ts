import { readMyConsultation } from '#lib/server/domain/care/my-care.ts';
import { requirePatient, shown } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePatient(event);
  const { app, actor } = event.locals;
  return { record: await shown(() => readMyConsultation(app.db, actor, event.params.id)) };
};
