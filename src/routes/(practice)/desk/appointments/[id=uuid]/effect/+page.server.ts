import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { effectChoices } from '#lib/server/domain/care/adverse-events/adverse-event.ts';
import { effectForm } from '#lib/server/domain/care/adverse-events/input.ts';
import { readEffectForm } from '#lib/server/domain/care/adverse-events/reads.ts';
import { tellEffect } from '#lib/server/domain/care/adverse-events/tell-effect.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return {
    ...(await shown(() => readEffectForm(app.db, actor, event.params.id))),
    choices: effectChoices,
  };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, effectForm, async (input) => {
      requirePractitioner(event);
      const { app, actor } = event.locals;
      const appointmentId = event.params.id;
      const { id } = await tellEffect(app.db, app.config.publicUrl, actor, { ...input, appointmentId });
      redirect(303, paths.deskEffect(id));
    }),
};
