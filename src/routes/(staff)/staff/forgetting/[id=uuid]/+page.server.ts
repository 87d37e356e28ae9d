import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import {
  agreeToForget,
  proposeForgetting,
  refuseToForget,
} from '#lib/server/domain/privacy/forget-practitioner.ts';
import { readForgetting } from '#lib/server/domain/privacy/forgetting-reads.ts';
import { forgettingForm } from '#lib/server/domain/privacy/input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireStaff, shown } from '#lib/server/http/guards.ts';
import { requireProof } from '#lib/server/http/proof.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'reviewer', 'operator');
  const { app, actor } = event.locals;
  return { forgetting: await shown(() => readForgetting(app.db, actor, event.params.id)) };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, forgettingForm, async ({ step, words }, typed) => {
      const viewer = requireStaff(event, 'reviewer', 'operator');
      const { app, actor } = event.locals;
      // Nobody can undo it: whoever sits at this desk shows that it is them.
      await requireProof(event, viewer, 'account', typed);
      const { publicUrl } = app.config;
      const input = { erasureId: event.params.id, words };
      if (step === 'propose') await proposeForgetting(app.db, actor, input);
      else if (step === 'agree') await agreeToForget(app.db, actor, publicUrl, input);
      else await refuseToForget(app.db, actor, publicUrl, input);
      redirect(303, paths.staffForgetting(event.params.id));
    }),
};
