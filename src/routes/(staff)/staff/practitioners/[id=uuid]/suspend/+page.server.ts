import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { suspensionInput } from '#lib/server/domain/oversight/input.ts';
import { readForSuspension } from '#lib/server/domain/oversight/reads.ts';
import { suspendPractitioner } from '#lib/server/domain/oversight/suspend.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireStaff, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'reviewer', 'operator');
  const { app, actor } = event.locals;
  return { person: await shown(() => readForSuspension(app.db, actor, event.params.id)) };
};

export const actions: Actions = {
  default: (event) => {
    requireStaff(event, 'reviewer', 'operator');
    const { locals, params } = event;
    return formAction(event, suspensionInput, async ({ reason }) => {
      await suspendPractitioner(locals.app.db, locals.actor, { practitionerId: params.id, reason });
      redirect(303, paths.suspendPractitioner(params.id));
    });
  },
};
