import { paths } from '#lib/paths.ts';
import { undoAddress } from '#lib/server/domain/accounts/change-address.ts';
import { addressLinkInput } from '#lib/server/domain/accounts/input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { forgetSession } from '#lib/server/http/session.ts';
import type { Actions, PageServerLoad } from './$types';

/** Opening the link changes nothing: mail scanners open links too. */
export const load: PageServerLoad = ({ url, locals }) => ({
  token: url.searchParams.get('token') ?? '',
  hasMailbox: locals.app.config.mode !== 'production',
});

export const actions: Actions = {
  default: (event) =>
    formAction(event, addressLinkInput, async ({ token }) => {
      const { config, db } = event.locals.app;
      await undoAddress(db, (code) => new URL(paths.resetPassword(code), config.publicUrl).href, token);
      forgetSession(event);
      return { done: true };
    }),
};
