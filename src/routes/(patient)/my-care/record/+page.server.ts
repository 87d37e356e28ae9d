import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { cardForm, endCardCode } from '#lib/server/domain/records/end-card-code.ts';
import { readMyRecord } from '#lib/server/domain/records/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePatient, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePatient(event);
  const { app, actor } = event.locals;
  return { record: await shown(() => readMyRecord(app.db, actor)) };
};

export const actions: Actions = {
  endCard: (event) =>
    formAction(event, cardForm, async (input) => {
      requirePatient(event);
      await endCardCode(event.locals.app.db, event.locals.actor, input);
      redirect(303, `${paths.myRecord()}#cards`);
    }),
};
