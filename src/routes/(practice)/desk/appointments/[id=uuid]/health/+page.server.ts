import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { readQuestionnaire } from '#lib/server/domain/care/health-reads.ts';
import { healthForm } from '#lib/server/domain/care/patient-input.ts';
import { takeHealthAnswers } from '#lib/server/domain/care/take-health-answers.ts';
import { readHealthAtTheDesk } from '#lib/server/domain/care/visit-reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return shown(() => readHealthAtTheDesk(app.db, actor, event.params.id));
};

export const actions: Actions = {
  default: async (event) =>
    formAction(event, healthForm(await readQuestionnaire(event.locals.app.db)), async (input) => {
      requirePractitioner(event);
      const { app, actor } = event.locals;
      await takeHealthAnswers(app.db, actor, { appointmentId: event.params.id, ...input });
      redirect(303, paths.deskConsultation(event.params.id));
    }),
};
