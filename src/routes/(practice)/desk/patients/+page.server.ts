import { patientSearch } from '#lib/server/domain/care/input.ts';
import { readMyPatients } from '#lib/server/domain/care/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  // Who looks for somebody reads of those alone.
  if (event.request.method === 'POST') return { list: null };
  return { list: await shown(() => readMyPatients(app.db, actor)) };
};

export const actions: Actions = {
  /** A name is typed into a form, never into an address (P4). */
  find: (event) =>
    formAction(event, patientSearch, async ({ name }) => {
      requirePractitioner(event);
      const { app, actor } = event.locals;
      return {
        message: '',
        errors: {},
        values: { name },
        found: await shown(() => readMyPatients(app.db, actor, { name })),
      };
    }),
};
