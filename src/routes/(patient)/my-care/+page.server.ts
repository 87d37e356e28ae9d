import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { arrive } from '#lib/server/domain/booking/arrive.ts';
import { closeEpisode } from '#lib/server/domain/care/close-episode.ts';
import { readMyCare } from '#lib/server/domain/care/my-care.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const { patientId } = requireViewer(event);
  const { app, actor } = event.locals;
  return { care: patientId === null ? null : await readMyCare(app.db, actor) };
};

export const actions: Actions = {
  arrive: (event) =>
    formAction(event, z.object({ appointmentId: z.uuid() }), async (input) => {
      await arrive(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.myCare());
    }),
  close: (event) =>
    formAction(event, z.object({ episodeId: z.uuid() }), async (input) => {
      await closeEpisode(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.myCare());
    }),
};
