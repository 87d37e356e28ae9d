import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { caseFileForm, makeCaseFile } from '#lib/server/domain/records/case-files.ts';
import { readPatientRecord } from '#lib/server/domain/records/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  const { patientId, name, caseFiles } = await shown(() => readPatientRecord(app.db, actor, event.params.id));
  return { patientId, name, caseFiles };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, caseFileForm, async (input) => {
      requirePractitioner(event);
      const { app, actor } = event.locals;
      await makeCaseFile(app.db, actor, { ...input, patientId: event.params.id });
      redirect(303, `${paths.deskCaseFile(event.params.id)}#files`);
    }),
};
