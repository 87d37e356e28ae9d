import { redirect } from '@sveltejs/kit';
import { needsForm } from '#lib/server/domain/booking/input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { extend, keepTyped, onward } from '../typed.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  go: (event) =>
    formAction(event, needsForm, async ({ need }) => {
      await keepTyped(event, { needs: need });
      redirect(303, onward(event, 'account'));
    }),
  extend,
};
