import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { recoveryStepInput } from '#lib/server/domain/accounts/input.ts';
import { recordSeen, refuseRecovery } from '#lib/server/domain/accounts/recovery.ts';
import { readRecovery } from '#lib/server/domain/accounts/recovery-reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireStaff, shown } from '#lib/server/http/guards.ts';
import { requireProof } from '#lib/server/http/proof.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'reviewer', 'operator');
  const { app, actor } = event.locals;
  return { recovery: await shown(() => readRecovery(app.db, actor, event.params.id)) };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, recoveryStepInput, async ({ step, words }, typed) => {
      const viewer = requireStaff(event, 'reviewer', 'operator');
      const { app, actor } = event.locals;
      // It opens somebody's account: whoever sits at this desk shows that it is them.
      await requireProof(event, viewer, 'account', typed);
      const input = { recoveryId: event.params.id, words };
      if (step === 'refuse') await refuseRecovery(app.db, actor, input);
      else await recordSeen(app.db, actor, app.config.sealingKeys, app.config.publicUrl, input);
      redirect(303, paths.staffRecovery(event.params.id));
    }),
};
