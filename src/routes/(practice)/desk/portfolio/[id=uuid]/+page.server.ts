import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { sendCase, takeCaseDown } from '#lib/server/domain/portfolio/decide-case.ts';
import { caseForm } from '#lib/server/domain/portfolio/input.ts';
import { readDeskCase } from '#lib/server/domain/portfolio/reads.ts';
import { changeCase } from '#lib/server/domain/portfolio/write-case.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return { portfolioCase: await shown(() => readDeskCase(app.db, actor, event.params.id)) };
};

export const actions: Actions = {
  change: (event) =>
    formAction(event, caseForm, async (words) => {
      requirePractitioner(event);
      await changeCase(event.locals.app.db, event.locals.actor, { caseId: event.params.id }, words);
      redirect(303, paths.deskPortfolioCase(event.params.id));
    }),
  send: (event) =>
    formAction(event, z.object({}), async () => {
      requirePractitioner(event);
      await sendCase(event.locals.app.db, event.locals.actor, { caseId: event.params.id });
      redirect(303, paths.deskPortfolioCase(event.params.id));
    }),
  take_down: (event) =>
    formAction(event, z.object({}), async () => {
      requirePractitioner(event);
      await takeCaseDown(event.locals.app.db, event.locals.actor, { caseId: event.params.id });
      redirect(303, paths.deskPortfolioCase(event.params.id));
    }),
};
