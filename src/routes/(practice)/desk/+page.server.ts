import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { readDayNotes } from '#lib/server/domain/booking/day-reads.ts';
import { acknowledgeUrgent } from '#lib/server/domain/care/acknowledge-urgent.ts';
import { placeForm, urgentAcknowledgement } from '#lib/server/domain/care/input.ts';
import { sayGone, sayHere } from '#lib/server/domain/care/presence.ts';
import { readDesk } from '#lib/server/domain/care/reads.ts';
import { countWaiting } from '#lib/server/domain/waitlist/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const { practitionerId } = requirePractitioner(event);
  const { app, actor } = event.locals;
  return {
    desk: await shown(() => readDesk(app.db, actor)),
    notes: await readDayNotes(app.db, actor),
    waiting: await countWaiting(app.db, practitionerId),
  };
};

export const actions: Actions = {
  acknowledge: (event) =>
    formAction(event, urgentAcknowledgement, async (input) => {
      requirePractitioner(event);
      await acknowledgeUrgent(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.desk());
    }),
  here: (event) =>
    formAction(event, placeForm, async (input) => {
      requirePractitioner(event);
      await sayHere(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.desk());
    }),
  gone: (event) =>
    formAction(event, z.object({}), async () => {
      requirePractitioner(event);
      await sayGone(event.locals.app.db, event.locals.actor);
      redirect(303, paths.desk());
    }),
};
