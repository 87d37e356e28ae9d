import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { addAddendum } from '#lib/server/domain/care/add-addendum.ts';
import { addendumForm, consultationForm } from '#lib/server/domain/care/input.ts';
import { signConsultation } from '#lib/server/domain/care/sign-consultation.ts';
import { readConsultation } from '#lib/server/domain/care/visit-reads.ts';
import { writeConsultation } from '#lib/server/domain/care/write-consultation.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import { requireProof } from '#lib/server/http/proof.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return { record: await shown(() => readConsultation(app.db, actor, event.params.id)) };
};

export const actions: Actions = {
  save: (event) =>
    formAction(event, consultationForm, async (draft) => {
      requirePractitioner(event);
      const { app, actor } = event.locals;
      await writeConsultation(app.db, actor, { appointmentId: event.params.id, draft });
      redirect(303, `${paths.deskConsultation(event.params.id)}?saved`);
    }),
  health: (event) =>
    formAction(event, consultationForm, async (draft) => {
      requirePractitioner(event);
      const { app, actor } = event.locals;
      await writeConsultation(app.db, actor, { appointmentId: event.params.id, draft });
      redirect(303, paths.deskHealth(event.params.id));
    }),
  sign: (event) =>
    formAction(event, consultationForm, async (draft, typed) => {
      const viewer = requirePractitioner(event);
      const { app, actor } = event.locals;
      // Kept before anything is asked: a proof that is missing or wrong loses nothing.
      await writeConsultation(app.db, actor, { appointmentId: event.params.id, draft });
      await requireProof(event, viewer, 'clinical', typed);
      await signConsultation(app.db, actor, { appointmentId: event.params.id, draft });
      redirect(
        303,
        draft.outcome === 'suitable'
          ? paths.deskPrescription(event.params.id)
          : paths.deskConsultation(event.params.id),
      );
    }),
  add: (event) =>
    formAction(event, addendumForm, async (input) => {
      requirePractitioner(event);
      const { app, actor } = event.locals;
      await addAddendum(app.db, actor, { appointmentId: event.params.id, ...input });
      redirect(303, paths.deskConsultation(event.params.id));
    }),
};
