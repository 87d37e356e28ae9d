import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { bounceForm, dropForm, retryForm } from '#lib/server/domain/oversight/input.ts';
import { dropJob, readDeadJobs, retryJobs, settleBounce } from '#lib/server/domain/oversight/jobs.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireStaff, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'operator');
  const { app, actor } = event.locals;
  return {
    jobs: await shown(() => readDeadJobs(app.db, actor)),
    /** The job that somebody is about to drop. */
    dropping: event.url.searchParams.get('drop'),
  };
};

export const actions: Actions = {
  retry: (event) =>
    formAction(event, retryForm, async (input) => {
      requireStaff(event, 'operator');
      await retryJobs(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.staffJobs());
    }),
  drop: (event) =>
    formAction(event, dropForm, async (input) => {
      requireStaff(event, 'operator');
      await dropJob(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.staffJobs());
    }),
  settle: (event) =>
    formAction(event, bounceForm, async (input) => {
      requireStaff(event, 'operator');
      await settleBounce(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.staffJobs());
    }),
};
