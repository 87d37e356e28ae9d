import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { endAllSessions } from '#lib/server/domain/accounts/sessions.ts';
import { requireViewer } from '#lib/server/http/guards.ts';
import { forgetSession } from '#lib/server/http/session.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => {
  const { displayName, email } = requireViewer(event);
  return { displayName, email };
};

export const actions: Actions = {
  default: async (event) => {
    const { accountId } = requireViewer(event);
    await endAllSessions(event.locals.app.db, accountId);
    forgetSession(event);
    redirect(303, paths.signIn());
  },
};
