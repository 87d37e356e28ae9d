import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import { bookTopUpAtDesk } from '#lib/server/domain/care/book-top-up-at-desk.ts';
import { deskTopUpForm } from '#lib/server/domain/care/input.ts';
import { readTopUpTimesAtDesk } from '#lib/server/domain/care/top-ups-at-desk.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireClinicMember, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireClinicMember(event);
  const { app, actor } = event.locals;
  const from = event.url.searchParams.get('from');
  return {
    ...(await shown(() => readTopUpTimesAtDesk(app.db, actor, event.params.id, from))),
    requestKey: randomUUID(),
  };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, deskTopUpForm, async ({ start, ...input }) => {
      requireClinicMember(event);
      const { app, actor } = event.locals;
      const { id } = await bookTopUpAtDesk(app.db, actor, { patientId: event.params.id, ...start, ...input });
      redirect(303, paths.receptionVisit(id));
    }),
};
