import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { recallDecision } from '#lib/server/domain/oversight/safety/input.ts';
import { readRecall } from '#lib/server/domain/oversight/safety/reads.ts';
import { decideRecall } from '#lib/server/domain/oversight/safety/recall-batch.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireStaff, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'operator', 'reviewer');
  const { app, actor } = event.locals;
  return shown(() => readRecall(app.db, actor, event.params.id));
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, recallDecision, async ({ decision }) => {
      requireStaff(event, 'operator', 'reviewer');
      const recallId = event.params.id;
      await decideRecall(event.locals.app.db, event.locals.actor, { recallId, decision });
      redirect(303, paths.staffRecall(recallId));
    }),
};
