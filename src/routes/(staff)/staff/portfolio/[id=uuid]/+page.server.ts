import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { approveCase, refuseCase } from '#lib/server/domain/portfolio/decide-case.ts';
import { refuseForm } from '#lib/server/domain/portfolio/input.ts';
import { readStaffCase } from '#lib/server/domain/portfolio/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireStaff, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'reviewer');
  const { app, actor } = event.locals;
  return { portfolioCase: await shown(() => readStaffCase(app.db, actor, event.params.id)) };
};

export const actions: Actions = {
  approve: (event) =>
    formAction(event, z.object({}), async () => {
      requireStaff(event, 'reviewer');
      await approveCase(event.locals.app.db, event.locals.actor, { caseId: event.params.id });
      redirect(303, paths.portfolioQueue());
    }),
  refuse: (event) =>
    formAction(event, refuseForm, async ({ reason }) => {
      requireStaff(event, 'reviewer');
      await refuseCase(event.locals.app.db, event.locals.actor, { caseId: event.params.id, reason });
      redirect(303, paths.portfolioQueue());
    }),
};
