import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { readOwnPlace } from '#lib/server/domain/directory/own-profile.ts';
import { askForAddress } from '#lib/server/domain/practitioners/ask-for-change.ts';
import { addressForm } from '#lib/server/domain/practitioners/input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return { place: await shown(() => readOwnPlace(app.db, actor, event.params.id)) };
};

export const actions: Actions = {
  default: (event) => {
    requirePractitioner(event);
    const { app, actor } = event.locals;
    return formAction(event, addressForm, async (typed) => {
      const answer = await askForAddress(app.db, actor, { locationId: event.params.id }, typed);
      if (!answer.asked) return { towns: answer.towns, values: typed };
      redirect(303, paths.deskProfile(undefined, { done: 'asked' }));
    });
  },
};
