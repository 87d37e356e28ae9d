import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { changePassword } from '#lib/server/domain/accounts/change-password.ts';
import { changePasswordInput } from '#lib/server/domain/accounts/input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => {
  requireViewer(event);
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, changePasswordInput, async (input) => {
      const viewer = requireViewer(event);
      const { db, limits } = event.locals.app;
      await limits.take('proofByAccount', viewer.accountId);
      await changePassword(db, viewer, input);
      redirect(303, `${paths.sessions()}?changed=password`);
    }),
};
