import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { askToBeForgotten } from '#lib/server/domain/privacy/ask-to-be-forgotten.ts';
import { forgetForm } from '#lib/server/domain/privacy/input.ts';
import { readPrivacy } from '#lib/server/domain/privacy/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer } from '#lib/server/http/guards.ts';
import { requireProof } from '#lib/server/http/proof.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const privacy = await readPrivacy(event.locals.app.db, requireViewer(event));
  if (privacy.forgottenOn !== null) redirect(303, paths.privacy());
  return { privacy };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, forgetForm, async (_, typed) => {
      const viewer = requireViewer(event);
      const { config, db } = event.locals.app;
      await requireProof(event, viewer, 'account', typed);
      await askToBeForgotten(db, viewer, config.publicUrl);
      redirect(303, paths.privacy({ done: 'asked' }));
    }),
};
