import { redirect } from '@sveltejs/kit';
import { concernsForm } from '#lib/server/domain/booking/input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { extend, keepTyped, onward } from '../typed.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  go: (event) =>
    formAction(event, concernsForm, async ({ concern, note }) => {
      await keepTyped(event, { concerns: concern, note });
      redirect(303, onward(event, 'help'));
    }),
  extend,
};
