import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { acceptCarer } from '#lib/server/domain/booking/accept-carer.ts';
import { acceptForm } from '#lib/server/domain/booking/carer-input.ts';
import { readInvitation } from '#lib/server/domain/booking/carer-reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  const { app, actor } = event.locals;
  const code = event.url.searchParams.get('code') ?? '';
  return { code, invitation: await readInvitation(app.db, actor, code) };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, acceptForm, async (input) => {
      requireViewer(event);
      await acceptCarer(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.carer());
    }),
};
