import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { newCaseForm } from '#lib/server/domain/portfolio/input.ts';
import { readNewCase } from '#lib/server/domain/portfolio/reads.ts';
import { beginCase } from '#lib/server/domain/portfolio/write-case.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return { about: await shown(() => readNewCase(app.db, actor, event.params.id)) };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, newCaseForm, async (words) => {
      requirePractitioner(event);
      const { app, actor } = event.locals;
      const { caseId } = await beginCase(app.db, actor, { treatmentId: event.params.id }, words);
      redirect(303, paths.deskPortfolioCase(caseId));
    }),
};
