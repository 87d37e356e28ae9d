import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { entryForm } from '#lib/server/domain/waitlist/input.ts';
import { leaveWaitlist } from '#lib/server/domain/waitlist/leave-waitlist.ts';
import { readWaitlist } from '#lib/server/domain/waitlist/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  return readWaitlist(event.locals.app.db, event.locals.actor);
};

export const actions: Actions = {
  leave: (event) =>
    formAction(event, entryForm, async ({ entryId }) => {
      await leaveWaitlist(event.locals.app.db, event.locals.actor, entryId);
      redirect(303, paths.waitlist());
    }),
};
