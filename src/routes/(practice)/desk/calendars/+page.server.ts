import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import {
  addCalendarAddress,
  addCalendarFile,
} from '#lib/server/domain/availability/external/add-calendar.ts';
import { calendarForm, newCalendarForm } from '#lib/server/domain/availability/external/input.ts';
import { readOtherCalendars } from '#lib/server/domain/availability/external/reads.ts';
import { askForRefresh } from '#lib/server/domain/availability/external/refresh-calendar.ts';
import { removeCalendar } from '#lib/server/domain/availability/external/remove-calendar.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

const MOST_BYTES = 5_100_000;

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return await readOtherCalendars(app.db, actor);
};

export const actions: Actions = {
  add: (event) => {
    requirePractitioner(event);
    const { app, actor } = event.locals;
    return formAction(
      event,
      newCalendarForm,
      async ({ file, address, ...calendar }) => {
        if (file) await addCalendarFile(app.db, actor, { ...calendar, text: await file.text() });
        else await addCalendarAddress(app.db, actor, { ...calendar, address });
        redirect(303, paths.deskOtherCalendars());
      },
      { mostBytes: MOST_BYTES },
    );
  },
  refresh: (event) =>
    formAction(event, calendarForm, async ({ calendar }) => {
      requirePractitioner(event);
      await askForRefresh(event.locals.app.db, event.locals.actor, calendar);
      redirect(303, paths.deskOtherCalendars());
    }),
  remove: (event) =>
    formAction(event, calendarForm, async ({ calendar }) => {
      requirePractitioner(event);
      await removeCalendar(event.locals.app.db, event.locals.actor, calendar);
      redirect(303, paths.deskOtherCalendars());
    }),
};
