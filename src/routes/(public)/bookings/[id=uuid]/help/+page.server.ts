import { redirect } from '@sveltejs/kit';
import { fitHold } from '#lib/server/domain/booking/fit-hold.ts';
import { needsForm, startForm } from '#lib/server/domain/booking/input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { extend, keepTyped, onward, ownHold } from '../typed.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  go: (event) =>
    formAction(event, needsForm, async ({ need }) => {
      await keepTyped(event, { needs: need });
      await fitHold(event.locals.app.db, event.locals.actor, await ownHold(event));
      redirect(303, onward(event, 'account'));
    }),
  longer: (event) =>
    formAction(event, startForm, async ({ start }) => {
      await fitHold(event.locals.app.db, event.locals.actor, { ...(await ownHold(event)), start });
      redirect(303, onward(event, 'account'));
    }),
  extend,
};
