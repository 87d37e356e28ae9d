import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { acknowledgeUrgent } from '#lib/server/domain/care/acknowledge-urgent.ts';
import { urgentAcknowledgement } from '#lib/server/domain/care/input.ts';
import { readOperatorUrgent } from '#lib/server/domain/care/urgent-reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireStaff } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'operator');
  return { board: await readOperatorUrgent(event.locals.app.db, event.locals.actor) };
};

export const actions: Actions = {
  acknowledge: (event) =>
    formAction(event, urgentAcknowledgement, async (input) => {
      requireStaff(event, 'operator');
      await acknowledgeUrgent(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.staffUrgent());
    }),
};
