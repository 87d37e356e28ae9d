import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { effectChoices } from '#lib/server/domain/care/adverse-events/adverse-event.ts';
import { effectStepForm } from '#lib/server/domain/care/adverse-events/input.ts';
import { readDeskEffect } from '#lib/server/domain/care/adverse-events/reads.ts';
import { takeEffectStep } from '#lib/server/domain/care/adverse-events/take-effect-step.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return {
    ...(await shown(() => readDeskEffect(app.db, actor, event.params.id))),
    outcomes: effectChoices.outcomes,
  };
};

export const actions: Actions = {
  step: (event) =>
    formAction(event, effectStepForm, async (input) => {
      requirePractitioner(event);
      const { app, actor } = event.locals;
      await takeEffectStep(app.db, actor, event.params.id, input);
      redirect(303, paths.deskEffect(event.params.id));
    }),
};
