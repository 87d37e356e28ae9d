import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import { cancelForPatient } from '#lib/server/domain/reception/change-for-patient.ts';
import { deskCancelForm } from '#lib/server/domain/reception/input.ts';
import { readVisit } from '#lib/server/domain/reception/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireClinicMember, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireClinicMember(event);
  const { app, actor } = event.locals;
  return {
    visit: await shown(() => readVisit(app.db, actor, event.params.id)),
    requestKey: randomUUID(),
  };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, deskCancelForm, async (input) => {
      requireClinicMember(event);
      const { app, actor } = event.locals;
      await cancelForPatient(app.db, actor, { ...input, appointmentId: event.params.id });
      redirect(303, paths.receptionVisit(event.params.id));
    }),
};
