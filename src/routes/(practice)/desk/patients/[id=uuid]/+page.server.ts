import { readPatientRecord } from '#lib/server/domain/records/reads.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return { record: await shown(() => readPatientRecord(app.db, actor, event.params.id)) };
};
