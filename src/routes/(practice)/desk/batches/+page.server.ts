import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { quarantineForm, reachForm, releaseForm } from '#lib/server/domain/care/batches/input.ts';
import { letBatchGo, putBatchAside } from '#lib/server/domain/care/batches/put-aside.ts';
import { readDeskBatches } from '#lib/server/domain/care/batches/reads.ts';
import { sayReached } from '#lib/server/domain/care/batches/say-reached.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return shown(() => readDeskBatches(app.db, actor));
};

export const actions: Actions = {
  putAside: (event) =>
    formAction(event, quarantineForm, async (input) => {
      requirePractitioner(event);
      await putBatchAside(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.deskBatches());
    }),
  release: (event) =>
    formAction(event, releaseForm, async (input) => {
      requirePractitioner(event);
      await letBatchGo(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.deskBatches());
    }),
  reached: (event) =>
    formAction(event, reachForm, async (input) => {
      requirePractitioner(event);
      await sayReached(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.deskBatches());
    }),
};
