import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { resetInput } from '#lib/server/domain/accounts/input.ts';
import { finishRecovery } from '#lib/server/domain/accounts/recovery.ts';
import { formAction } from '#lib/server/http/form.ts';
import { forgetSession } from '#lib/server/http/session.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => ({ token: url.searchParams.get('token') ?? '' });

export const actions: Actions = {
  default: (event) =>
    formAction(event, resetInput, async (input) => {
      await finishRecovery(event.locals.app.db, input);
      forgetSession(event);
      redirect(303, paths.signIn());
    }),
};
