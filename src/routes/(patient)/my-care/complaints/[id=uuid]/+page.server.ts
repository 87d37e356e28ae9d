import { redirect, type RequestEvent } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import {
  settleComplaint,
  takeComplaintFurther,
  withdrawComplaint,
} from '#lib/server/domain/oversight/complaints/go-on.ts';
import { readMyComplaint } from '#lib/server/domain/oversight/complaints/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad, RouteParams } from './$types';

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  const { app, actor } = event.locals;
  return { complaint: await shown(() => readMyComplaint(app.db, actor, event.params.id)) };
};

const step = (take: typeof settleComplaint) => (event: RequestEvent<RouteParams>) =>
  formAction(event, z.object({}), async () => {
    requireViewer(event);
    await take(event.locals.app.db, event.locals.actor, { complaintId: event.params.id });
    redirect(303, paths.myComplaint(event.params.id));
  });

export const actions: Actions = {
  further: step(takeComplaintFurther),
  settle: step(settleComplaint),
  withdraw: step(withdrawComplaint),
};
