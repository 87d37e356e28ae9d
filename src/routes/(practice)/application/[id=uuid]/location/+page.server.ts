import { redirect } from '@sveltejs/kit';
import { saveLocation } from '#lib/server/domain/practitioners/answer-questions.ts';
import { locationForm } from '#lib/server/domain/practitioners/input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner } from '#lib/server/http/guards.ts';
import { onward } from '../onward.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  default: (event) => {
    requirePractitioner(event);
    const { locals, params } = event;
    return formAction(event, locationForm, async (typed) => {
      const { db } = locals.app;
      const answer = await saveLocation(db, locals.actor, { applicationId: params.id }, typed);
      if (!answer.saved) return { towns: answer.towns, values: typed };
      redirect(303, await onward(event, params.id, { name: 'location' }));
    });
  },
};
