import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { answerHealthQuestions } from '#lib/server/domain/care/answer-health-questions.ts';
import { confirmHealth } from '#lib/server/domain/care/confirm-health.ts';
import { readMyHealth, readQuestionnaire } from '#lib/server/domain/care/health-reads.ts';
import { keepHealthDraft } from '#lib/server/domain/care/keep-health-draft.ts';
import { healthDraftForm, healthForm } from '#lib/server/domain/care/patient-input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePatient } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePatient(event);
  const { app, actor } = event.locals;
  return { health: await readMyHealth(app.db, actor) };
};

export const actions: Actions = {
  give: async (event) =>
    formAction(event, healthForm(await readQuestionnaire(event.locals.app.db)), async (input) => {
      requirePatient(event);
      await answerHealthQuestions(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.myCare());
    }),
  keep: (event) =>
    formAction(event, healthDraftForm, async ({ then, typed }) => {
      requirePatient(event);
      await keepHealthDraft(event.locals.app.db, event.locals.actor, typed);
      redirect(303, `${paths.myHealth()}?kept${then && `#section-${then}`}`);
    }),
  confirm: (event) =>
    formAction(event, z.object({ appointmentId: z.uuid(), healthAnswersId: z.uuid() }), async (input) => {
      requirePatient(event);
      await confirmHealth(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.myCare());
    }),
};
