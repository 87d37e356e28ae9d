import { paths } from '#lib/paths.ts';
import { registerInput } from '#lib/server/domain/accounts/input.ts';
import { register } from '#lib/server/domain/accounts/register.ts';
import { formAction } from '#lib/server/http/form.ts';
import { inSteadyTime } from '#lib/server/http/steady-time.ts';
import { keptUntilNext } from '#lib/server/http/visitor.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const next = event.url.searchParams.get('next') ?? '';
  return {
    next,
    kept: await keptUntilNext(event, next),
    hasMailbox: event.locals.app.config.mode !== 'production',
  };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, registerInput, async ({ name, email, next }) => {
      const { config, db, limits } = event.locals.app;
      await limits.take('mailByAddress', event.getClientAddress());
      await limits.take('mailByAccount', email);
      const links = {
        verify: (token: string) => new URL(paths.verifyAddress(token, next), config.publicUrl).href,
        signIn: new URL(paths.signIn(next), config.publicUrl).href,
      };
      await inSteadyTime(() => register(db, links, { name, email }));
      return { sentTo: email };
    }),
};
