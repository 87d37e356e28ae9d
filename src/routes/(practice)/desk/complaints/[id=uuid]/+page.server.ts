import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import {
  acknowledgeComplaint,
  answerComplaint,
} from '#lib/server/domain/oversight/complaints/answer-complaint.ts';
import { answerForm } from '#lib/server/domain/oversight/complaints/input.ts';
import { readDeskComplaint } from '#lib/server/domain/oversight/complaints/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireComplaintReader, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireComplaintReader(event);
  const { app, actor } = event.locals;
  return { complaint: await shown(() => readDeskComplaint(app.db, actor, event.params.id)) };
};

export const actions: Actions = {
  acknowledge: (event) =>
    formAction(event, z.object({}), async () => {
      requireComplaintReader(event);
      await acknowledgeComplaint(event.locals.app.db, event.locals.actor, { complaintId: event.params.id });
      redirect(303, paths.deskComplaint(event.params.id));
    }),
  answer: (event) =>
    formAction(event, answerForm, async ({ words }) => {
      requireComplaintReader(event);
      const complaintId = event.params.id;
      await answerComplaint(event.locals.app.db, event.locals.actor, { complaintId, words });
      redirect(303, paths.deskComplaint(complaintId));
    }),
};
