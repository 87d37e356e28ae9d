import { redirect, type RequestEvent } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { agreeToPhotos, declinePhotos, withdrawPhotos } from '#lib/server/domain/portfolio/answer-photos.ts';
import { answerForm } from '#lib/server/domain/portfolio/input.ts';
import { readMyPhotos } from '#lib/server/domain/portfolio/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  return { treatments: await shown(() => readMyPhotos(event.locals.app.db, event.locals.actor)) };
};

const answer = (say: typeof agreeToPhotos) => (event: RequestEvent) =>
  formAction(event, answerForm, async (which) => {
    requireViewer(event);
    await say(event.locals.app.db, event.locals.actor, which);
    redirect(303, paths.myPhotos());
  });

export const actions: Actions = {
  agree: answer(agreeToPhotos),
  decline: answer(declinePhotos),
  withdraw: answer(withdrawPhotos),
};
