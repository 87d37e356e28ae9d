import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { disconnectCalendar } from '#lib/server/domain/availability/external/disconnect-calendar.ts';
import { disconnectForm } from '#lib/server/domain/availability/external/input.ts';
import { readConnected } from '#lib/server/domain/availability/external/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return shown(() => readConnected(app.db, actor, event.params.id));
};

export const actions: Actions = {
  default: (event) => {
    requirePractitioner(event);
    const { app, actor } = event.locals;
    return formAction(event, disconnectForm, async ({ copies }) => {
      await disconnectCalendar(app.db, actor, { calendar: event.params.id, copies });
      redirect(303, paths.deskOtherCalendars());
    });
  },
};
