import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { codeForm } from '#lib/server/domain/reception/input.ts';
import { postLetter } from '#lib/server/domain/reception/post-letter.ts';
import { readLetter } from '#lib/server/domain/reception/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireClinicMember, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireClinicMember(event);
  const { app, actor } = event.locals;
  return { letter: await shown(() => readLetter(app.db, actor, event.params.id)) };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, codeForm, async () => {
      requireClinicMember(event);
      await postLetter(event.locals.app.db, event.locals.actor, { appointmentId: event.params.id });
      redirect(303, paths.reception());
    }),
};
