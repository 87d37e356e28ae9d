import { redirect } from '@sveltejs/kit';
import { reachForm, youForm } from '#lib/server/domain/booking/input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { extend, keepTyped, onward } from '../typed.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  go: (event) =>
    formAction(event, event.locals.viewer?.patientId ? reachForm : youForm, async (typed) => {
      await keepTyped(event, typed);
      redirect(303, onward(event, 'concerns'));
    }),
  extend,
};
