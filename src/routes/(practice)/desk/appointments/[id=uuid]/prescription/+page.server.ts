import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { cancelPrescription } from '#lib/server/domain/care/cancel-prescription.ts';
import { cancelPrescriptionForm, prescriptionForm } from '#lib/server/domain/care/input.ts';
import { issuePrescription } from '#lib/server/domain/care/issue-prescription.ts';
import { readPrescriptionPage } from '#lib/server/domain/care/visit-reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import { requireProof } from '#lib/server/http/proof.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return await shown(() => readPrescriptionPage(app.db, actor, event.params.id));
};

export const actions: Actions = {
  issue: (event) =>
    formAction(event, prescriptionForm, async ({ region, ...input }, typed) => {
      const viewer = requirePractitioner(event);
      const { app, actor } = event.locals;
      await requireProof(event, viewer, 'clinical', typed);
      await issuePrescription(app.db, actor, { appointmentId: event.params.id, regions: region, ...input });
      redirect(303, paths.deskPrescription(event.params.id));
    }),
  cancel: (event) =>
    formAction(event, cancelPrescriptionForm, async ({ prescriptionId, cancelReason }) => {
      requirePractitioner(event);
      const { app, actor } = event.locals;
      await cancelPrescription(app.db, actor, { prescriptionId, reason: cancelReason });
      redirect(303, paths.deskPrescription(event.params.id));
    }),
};
