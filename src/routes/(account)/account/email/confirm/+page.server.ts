import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { confirmAddress } from '#lib/server/domain/accounts/change-address.ts';
import { addressLinkInput } from '#lib/server/domain/accounts/input.ts';
import { formAction } from '#lib/server/http/form.ts';
import type { Actions, PageServerLoad } from './$types';

/** Opening the link changes nothing: mail scanners open links too. */
export const load: PageServerLoad = ({ url, locals }) => ({
  token: url.searchParams.get('token') ?? '',
  isSignedIn: locals.viewer !== null,
});

export const actions: Actions = {
  default: (event) =>
    formAction(event, addressLinkInput, async ({ token }) => {
      const { config, db } = event.locals.app;
      await confirmAddress(db, (code) => new URL(paths.undoAddress(code), config.publicUrl).href, token);
      redirect(303, event.locals.viewer === null ? paths.signIn() : `${paths.sessions()}?changed=email`);
    }),
};
