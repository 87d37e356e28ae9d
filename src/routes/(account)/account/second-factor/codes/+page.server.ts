import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { renewRecoveryCodes } from '#lib/server/domain/accounts/change-factors.ts';
import { hasSecondFactor } from '#lib/server/domain/accounts/viewer.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer } from '#lib/server/http/guards.ts';
import { requireProof } from '#lib/server/http/proof.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => {
  if (!hasSecondFactor(requireViewer(event))) redirect(303, paths.secondFactor());
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, z.object({}), async (_, typed) => {
      const viewer = requireViewer(event);
      await requireProof(event, viewer, 'account', typed);
      return { codes: await renewRecoveryCodes(event.locals.app.db, viewer) };
    }),
};
