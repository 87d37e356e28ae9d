import { addressLinkInput } from '#lib/server/domain/accounts/input.ts';
import { stopRecovery } from '#lib/server/domain/accounts/recovery.ts';
import { formAction } from '#lib/server/http/form.ts';
import type { Actions, PageServerLoad } from './$types';

/** Opening the link changes nothing: mail scanners open links too. */
export const load: PageServerLoad = ({ url }) => ({ token: url.searchParams.get('token') ?? '' });

export const actions: Actions = {
  default: (event) =>
    formAction(event, addressLinkInput, async ({ token }) => {
      await stopRecovery(event.locals.app.db, token);
      return { done: true };
    }),
};
