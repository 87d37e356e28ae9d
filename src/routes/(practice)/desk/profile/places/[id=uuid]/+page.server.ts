import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { readOwnPlace } from '#lib/server/domain/directory/own-profile.ts';
import { savePlace } from '#lib/server/domain/practitioners/edit-profile.ts';
import { placeForm } from '#lib/server/domain/practitioners/input.ts';
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
    return formAction(event, placeForm, async (place) => {
      await savePlace(app.db, actor, { locationId: event.params.id }, place);
      redirect(303, paths.deskProfile(undefined, { done: 'saved' }));
    });
  },
};
