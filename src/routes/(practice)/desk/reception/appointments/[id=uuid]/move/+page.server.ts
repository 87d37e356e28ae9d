import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import { moveForPatient } from '#lib/server/domain/reception/change-for-patient.ts';
import { moveForm } from '#lib/server/domain/reception/input.ts';
import { readTimesToMove } from '#lib/server/domain/reception/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireClinicMember, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireClinicMember(event);
  const { app, actor } = event.locals;
  const from = event.url.searchParams.get('from');
  return {
    ...(await shown(() => readTimesToMove(app.db, actor, event.params.id, from))),
    requestKey: randomUUID(),
  };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, moveForm, async ({ start: { start }, askedBy, requestKey }) => {
      requireClinicMember(event);
      const { app, actor } = event.locals;
      await moveForPatient(app.db, actor, { appointmentId: event.params.id, start, askedBy, requestKey });
      redirect(303, paths.receptionVisit(event.params.id));
    }),
};
