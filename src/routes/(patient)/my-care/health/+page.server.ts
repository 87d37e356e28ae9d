import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { answerHealthQuestions } from '#lib/server/domain/care/answer-health-questions.ts';
import { CHOICES, HEALTH_QUESTIONS } from '#lib/server/domain/care/health-questions.ts';
import { readMyHealth } from '#lib/server/domain/care/my-care.ts';
import { healthForm } from '#lib/server/domain/care/patient-input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePatient } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePatient(event);
  const { app, actor } = event.locals;
  return { health: await readMyHealth(app.db, actor), questions: HEALTH_QUESTIONS, choices: CHOICES };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, healthForm, async (input) => {
      requirePatient(event);
      await answerHealthQuestions(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.myCare());
    }),
};
