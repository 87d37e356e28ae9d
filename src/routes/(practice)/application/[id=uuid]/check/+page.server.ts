import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { submissionInput } from '#lib/server/domain/oversight/input.ts';
import { submitApplication } from '#lib/server/domain/oversight/submit-application.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner } from '#lib/server/http/guards.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  default: (event) => {
    requirePractitioner(event);
    const { locals, params } = event;
    return formAction(event, submissionInput, async ({ note }) => {
      await submitApplication(locals.app.db, locals.actor, { applicationId: params.id, note });
      redirect(303, paths.application(params.id));
    });
  },
};
