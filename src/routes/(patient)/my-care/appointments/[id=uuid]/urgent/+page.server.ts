import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import { readUrgentPage } from '#lib/server/domain/care/my-care.ts';
import { urgentForm } from '#lib/server/domain/care/patient-input.ts';
import { reportUrgent } from '#lib/server/domain/care/report-urgent.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePatient, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePatient(event);
  const { app, actor } = event.locals;
  return {
    urgent: await shown(() => readUrgentPage(app.db, actor, event.params.id)),
    requestKey: randomUUID(),
  };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, urgentForm, async (input) => {
      requirePatient(event);
      const { app, actor } = event.locals;
      const links = { desk: new URL(paths.desk(), app.config.publicUrl).href };
      await reportUrgent(app.db, links, actor, { ...input, treatmentId: event.params.id });
      redirect(303, `${paths.myUrgent(event.params.id)}#sent`);
    }),
};
