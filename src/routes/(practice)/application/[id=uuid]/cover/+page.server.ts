import { redirect } from '@sveltejs/kit';
import { saveCover } from '#lib/server/domain/practitioners/answer-questions.ts';
import { coverForm } from '#lib/server/domain/practitioners/input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner } from '#lib/server/http/guards.ts';
import { onward } from '../onward.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  default: (event) => {
    requirePractitioner(event);
    const { locals, params } = event;
    return formAction(event, coverForm, async (answers) => {
      await saveCover(locals.app.db, locals.actor, { applicationId: params.id }, answers);
      redirect(303, await onward(event, params.id, { name: 'cover' }));
    });
  },
};
