import { askRecoveryInput } from '#lib/server/domain/accounts/input.ts';
import { askForRecovery } from '#lib/server/domain/accounts/recovery.ts';
import { formAction } from '#lib/server/http/form.ts';
import { networkOf } from '#lib/server/http/limits.ts';
import { inSteadyTime } from '#lib/server/http/steady-time.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  default: (event) =>
    formAction(event, askRecoveryInput, async (asked) => {
      const { config, db, limits } = event.locals.app;
      const address = networkOf(event.getClientAddress());
      await limits.take('recoveryByAddress', address);
      await limits.take('recoveryByAddressAndAccount', `${address} ${asked.email}`);
      await inSteadyTime(() => askForRecovery(db, config.sealingKeys, config.publicUrl, asked));
      return { asked: true };
    }),
};
