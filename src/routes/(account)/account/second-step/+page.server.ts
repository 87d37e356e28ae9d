import { redirect } from '@sveltejs/kit';
import { findHalfSignIn, finishSignIn } from '#lib/server/domain/accounts/finish-sign-in.ts';
import { codeInput, nextOf } from '#lib/server/domain/accounts/input.ts';
import { Refusal } from '#lib/server/domain/shared/refusal.ts';
import { wayIn } from '#lib/server/http/admit.ts';
import { deviceOf } from '#lib/server/http/device.ts';
import { formAction } from '#lib/server/http/form.ts';
import { halfSignInToken } from '#lib/server/http/session.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const half = await findHalfSignIn(event.locals.app.db, halfSignInToken(event));
  return { next: nextOf(event.url.searchParams.get('next')) ?? '', isWaiting: half !== undefined };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, codeInput, async ({ code, next }) => {
      const { config, db, limits } = event.locals.app;
      const halfToken = halfSignInToken(event);
      const accountId = await findHalfSignIn(db, halfToken);
      if (accountId === undefined) throw new Refusal('sign_in_again');
      await limits.take('secondFactorByAccount', accountId);
      await limits.take('secondFactorByAccountDaily', accountId);
      const { sessionToken } = await finishSignIn(
        db,
        config.sealingKeys,
        { halfToken: halfToken!, code },
        deviceOf(event),
      );
      redirect(303, await wayIn(event, sessionToken, next));
    }),
};
