import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { quarantineEverywhereForm, releaseForm } from '#lib/server/domain/care/batches/input.ts';
import { letBatchGo, putBatchAside } from '#lib/server/domain/care/batches/put-aside.ts';
import { caseForm, recallForm, recallQuery } from '#lib/server/domain/oversight/safety/input.ts';
import { closeSafetyCase } from '#lib/server/domain/oversight/safety/open-cases.ts';
import { readSafety } from '#lib/server/domain/oversight/safety/reads.ts';
import { proposeRecall } from '#lib/server/domain/oversight/safety/recall-batch.ts';
import { formAction, formValues } from '#lib/server/http/form.ts';
import { requireStaff } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'operator', 'reviewer');
  const look = recallQuery.catch({ product: '', batch: '' }).parse(formValues(event.url.searchParams));
  return { look, safety: await readSafety(event.locals.app.db, event.locals.actor, look) };
};

export const actions: Actions = {
  propose: (event) =>
    formAction(event, recallForm, async (input) => {
      requireStaff(event, 'operator', 'reviewer');
      const { id } = await proposeRecall(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.staffRecall(id));
    }),
  putAside: (event) =>
    formAction(event, quarantineEverywhereForm, async (input) => {
      requireStaff(event, 'operator', 'reviewer');
      await putBatchAside(event.locals.app.db, event.locals.actor, { ...input, locationId: null });
      redirect(303, paths.staffSafety());
    }),
  release: (event) =>
    formAction(event, releaseForm, async (input) => {
      requireStaff(event, 'operator', 'reviewer');
      await letBatchGo(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.staffSafety());
    }),
  close: (event) =>
    formAction(event, caseForm, async (input) => {
      requireStaff(event, 'operator', 'reviewer');
      await closeSafetyCase(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.staffSafety());
    }),
};
