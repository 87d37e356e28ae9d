import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { readOwnChecked } from '#lib/server/domain/directory/own-profile.ts';
import { askForName } from '#lib/server/domain/practitioners/ask-for-change.ts';
import { nameForm } from '#lib/server/domain/practitioners/input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return { now: await shown(() => readOwnChecked(app.db, actor)) };
};

export const actions: Actions = {
  default: (event) => {
    requirePractitioner(event);
    const { app, actor } = event.locals;
    return formAction(event, nameForm, async (input) => {
      await askForName(app.db, actor, input);
      redirect(303, paths.deskProfile(undefined, { done: 'asked' }));
    });
  },
};
