import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { acceptOffer, declineOffer } from '#lib/server/domain/waitlist/answer-offer.ts';
import { answerForm } from '#lib/server/domain/waitlist/input.ts';
import { readOffer } from '#lib/server/domain/waitlist/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePatient, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePatient(event);
  const { app, actor } = event.locals;
  return { offer: await shown(() => readOffer(app.db, actor, event.params.id)) };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, answerForm, async ({ answer }) => {
      requirePatient(event);
      const { app, actor } = event.locals;
      if (answer === 'decline') {
        await declineOffer(app.db, actor, event.params.id);
        redirect(303, paths.waitlist());
      }
      const { appointmentId } = await acceptOffer(app.db, actor, event.params.id);
      redirect(303, paths.myAppointment(appointmentId));
    }),
};
