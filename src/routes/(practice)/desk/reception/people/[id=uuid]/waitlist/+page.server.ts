import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import { answerOfferForm, leaveForm, waitKnownForm } from '#lib/server/domain/reception/input.ts';
import { readWaiting } from '#lib/server/domain/reception/reads.ts';
import {
  answerForPatient,
  askForPatient,
  leaveForPatient,
} from '#lib/server/domain/reception/wait-for-patient.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireClinicMember, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireClinicMember(event);
  const { app, actor } = event.locals;
  const waiting = await shown(() => readWaiting(app.db, actor, event.params.id));
  return { waiting, requestKey: randomUUID() };
};

export const actions: Actions = {
  ask: (event) =>
    formAction(event, waitKnownForm, async ({ wish, requestKey }) => {
      requireClinicMember(event);
      const person = { patientId: event.params.id };
      await askForPatient(event.locals.app.db, event.locals.actor, { ...wish, person, requestKey });
      redirect(303, paths.receptionWaitlist(event.params.id));
    }),

  answer: (event) =>
    formAction(event, answerOfferForm, async (input) => {
      requireClinicMember(event);
      const { app, actor } = event.locals;
      const patientId = event.params.id;
      const { appointmentId } = await answerForPatient(app.db, actor, { ...input, patientId });
      redirect(303, appointmentId ? paths.receptionVisit(appointmentId) : paths.receptionWaitlist(patientId));
    }),

  leave: (event) =>
    formAction(event, leaveForm, async ({ entryId }) => {
      requireClinicMember(event);
      const patientId = event.params.id;
      await leaveForPatient(event.locals.app.db, event.locals.actor, { patientId, entryId });
      redirect(303, paths.receptionWaitlist(patientId));
    }),
};
