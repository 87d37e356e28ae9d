import { redirect } from '@sveltejs/kit';
import { saveProfile } from '#lib/server/domain/practitioners/answer-questions.ts';
import { profileForm } from '#lib/server/domain/practitioners/input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner } from '#lib/server/http/guards.ts';
import { onward } from '../onward.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  default: (event) => {
    requirePractitioner(event);
    const { locals, params } = event;
    return formAction(event, profileForm, async (answers) => {
      await saveProfile(locals.app.db, locals.actor, { applicationId: params.id }, answers);
      redirect(303, await onward(event, params.id, { name: 'profile' }));
    });
  },
};
