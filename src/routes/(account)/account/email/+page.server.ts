import { paths } from '#lib/paths.ts';
import { askForAddress } from '#lib/server/domain/accounts/change-address.ts';
import { changeAddressInput } from '#lib/server/domain/accounts/input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer } from '#lib/server/http/guards.ts';
import { requireProof } from '#lib/server/http/proof.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => ({
  email: requireViewer(event).email,
  hasMailbox: event.locals.app.config.mode !== 'production',
});

export const actions: Actions = {
  default: (event) =>
    formAction(event, changeAddressInput, async ({ email }, typed) => {
      const viewer = requireViewer(event);
      const { config, db, limits } = event.locals.app;
      await requireProof(event, viewer, 'account', typed);
      await limits.take('mailByAddress', event.getClientAddress());
      await limits.take('mailByAccount', viewer.email);
      await limits.take('mailByAccount', email);
      const links = {
        confirm: (token: string) => new URL(paths.confirmAddress(token), config.publicUrl).href,
        signIn: new URL(paths.signIn(), config.publicUrl).href,
      };
      await askForAddress(db, viewer, links, email);
      return { sentTo: email };
    }),
};
