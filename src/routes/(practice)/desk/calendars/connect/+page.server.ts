import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { connectCalendar } from '#lib/server/domain/availability/external/connect-calendar.ts';
import { newConnectionForm } from '#lib/server/domain/availability/external/input.ts';
import { readCalendarLocations } from '#lib/server/domain/availability/external/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return { locations: await readCalendarLocations(app.db, actor) };
};

export const actions: Actions = {
  default: (event) => {
    requirePractitioner(event);
    const { app, actor } = event.locals;
    return formAction(event, newConnectionForm, async (input) => {
      await connectCalendar(app.db, actor, input, app.config.sealingKeys);
      redirect(303, paths.deskOtherCalendars());
    });
  },
};
