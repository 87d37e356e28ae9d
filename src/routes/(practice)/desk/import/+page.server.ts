import { importAppointments } from '#lib/server/domain/booking/import/import-appointments.ts';
import { importForm } from '#lib/server/domain/booking/import/input.ts';
import { readImportLocations } from '#lib/server/domain/booking/import/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

const MOST_BYTES = 51_000_000;

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  return { locations: await readImportLocations(event.locals.app.db, event.locals.actor) };
};

export const actions: Actions = {
  // Nothing of the file is kept: what was checked is sent again to be brought over.
  default: (event) => {
    requirePractitioner(event);
    return formAction(
      event,
      importForm,
      async ({ file, ...input }) => {
        const { app, actor } = event.locals;
        return { report: await importAppointments(app.db, actor, { ...input, text: await file.text() }) };
      },
      { mostBytes: MOST_BYTES },
    );
  },
};
