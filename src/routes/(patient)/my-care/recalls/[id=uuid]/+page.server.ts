import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { readMyRecall } from '#lib/server/domain/care/batches/reads.ts';
import { sayRead } from '#lib/server/domain/care/batches/say-reached.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePatient, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePatient(event);
  const { app, actor } = event.locals;
  return { recall: await shown(() => readMyRecall(app.db, actor, event.params.id)) };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, z.object({}), async () => {
      requirePatient(event);
      await sayRead(event.locals.app.db, event.locals.actor, event.params.id);
      redirect(303, paths.myRecall(event.params.id));
    }),
};
