import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { decideMerge } from '#lib/server/domain/reception/decide-merge.ts';
import { decideForm } from '#lib/server/domain/reception/input.ts';
import { readProposals } from '#lib/server/domain/reception/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireClinicMember, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireClinicMember(event);
  const { app, actor } = event.locals;
  return { proposals: await shown(() => readProposals(app.db, actor)) };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, decideForm, async (input) => {
      requireClinicMember(event);
      await decideMerge(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.receptionEntries());
    }),
};
