import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { onTimeForm, runningLateForm } from '#lib/server/domain/booking/day-input.ts';
import { readSessions, sayOnTime, sayRunningLate } from '#lib/server/domain/booking/running-late.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  return { sessions: await shown(() => readSessions(event.locals.app.db, event.locals.actor)) };
};

export const actions: Actions = {
  late: (event) =>
    formAction(event, runningLateForm, async ({ session, minutes }) => {
      requireViewer(event);
      await sayRunningLate(event.locals.app.db, event.locals.actor, { ...session, minutes });
      redirect(303, paths.runningLate());
    }),
  onTime: (event) =>
    formAction(event, onTimeForm, async ({ session }) => {
      requireViewer(event);
      await sayOnTime(event.locals.app.db, event.locals.actor, session);
      redirect(303, paths.runningLate());
    }),
};
