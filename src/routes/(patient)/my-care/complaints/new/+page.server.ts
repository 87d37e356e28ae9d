import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { aboutQuery, complaintForm } from '#lib/server/domain/oversight/complaints/input.ts';
import { makeComplaint } from '#lib/server/domain/oversight/complaints/make-complaint.ts';
import { readComplaintForm } from '#lib/server/domain/oversight/complaints/reads.ts';
import { formAction, formValues } from '#lib/server/http/form.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  const about = aboutQuery.parse(formValues(event.url.searchParams));
  if (about.appointment === undefined && about.practitioner === undefined)
    redirect(303, paths.myComplaints());
  return shown(() => readComplaintForm(event.locals.app.db, event.locals.actor, about));
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, complaintForm, async (input) => {
      requireViewer(event);
      const about = aboutQuery.parse(formValues(event.url.searchParams));
      const { complaintId } = await makeComplaint(event.locals.app.db, event.locals.actor, about, input);
      redirect(303, paths.myComplaint(complaintId));
    }),
};
