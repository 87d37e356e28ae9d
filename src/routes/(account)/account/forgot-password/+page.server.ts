import { paths } from '#lib/paths.ts';
import { forgotInput } from '#lib/server/domain/accounts/input.ts';
import { askForPasswordReset } from '#lib/server/domain/accounts/reset-password.ts';
import { formAction } from '#lib/server/http/form.ts';
import { inSteadyTime } from '#lib/server/http/steady-time.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => ({ hasMailbox: locals.app.config.mode !== 'production' });

export const actions: Actions = {
  default: (event) =>
    formAction(event, forgotInput, async ({ email }) => {
      const { config, db, limits } = event.locals.app;
      await limits.take('mailByAddress', event.getClientAddress());
      // Not counted by account, which would let a stranger use up what its owner may ask: one letter in five minutes is enough.
      const link = (token: string) => new URL(paths.resetPassword(token), config.publicUrl).href;
      await inSteadyTime(() => askForPasswordReset(db, link, email));
      return { sentTo: email };
    }),
};
