import { paths } from '#lib/paths.ts';
import { verifyInput } from '#lib/server/domain/accounts/input.ts';
import { verifyAddress } from '#lib/server/domain/accounts/verify-address.ts';
import { letIn } from '#lib/server/http/admit.ts';
import { deviceOf } from '#lib/server/http/device.ts';
import { formAction } from '#lib/server/http/form.ts';
import type { Actions, PageServerLoad } from './$types';

/** Opening the link changes nothing: mail scanners open links too. */
export const load: PageServerLoad = ({ url }) => ({
  token: url.searchParams.get('token') ?? '',
  next: url.searchParams.get('next') ?? '',
});

export const actions: Actions = {
  default: (event) =>
    formAction(event, verifyInput, async ({ token, password, next }) => {
      const admission = await verifyAddress(event.locals.app.db, { token, password }, deviceOf(event));
      return letIn(event, admission, next ?? paths.home());
    }),
};
