import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { acceptInvitation } from '#lib/server/domain/reception/accept-invitation.ts';
import { readTeamInvitation } from '#lib/server/domain/reception/team-reads.ts';
import { acceptInvitationForm } from '#lib/server/domain/reception/team.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const { email } = requireViewer(event);
  const { app, actor } = event.locals;
  const code = event.url.searchParams.get('code') ?? '';
  return { code, email, invitation: await readTeamInvitation(app.db, actor, code) };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, acceptInvitationForm, async (input) => {
      requireViewer(event);
      await acceptInvitation(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.reception());
    }),
};
