import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { askForPhotos } from '#lib/server/domain/portfolio/ask-for-photos.ts';
import { askForm } from '#lib/server/domain/portfolio/input.ts';
import { readDeskPortfolio } from '#lib/server/domain/portfolio/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  return shown(() => readDeskPortfolio(event.locals.app.db, event.locals.actor));
};

export const actions: Actions = {
  ask: (event) =>
    formAction(event, askForm, async (input) => {
      requirePractitioner(event);
      await askForPhotos(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.deskPortfolio());
    }),
};
