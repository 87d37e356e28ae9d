import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { askForRecord } from '#lib/server/domain/reception/ask-for-record.ts';
import { claimForm } from '#lib/server/domain/reception/input.ts';
import { readOwnClaim } from '#lib/server/domain/reception/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  const { app, actor } = event.locals;
  return shown(() => readOwnClaim(app.db, actor));
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, claimForm, async (input) => {
      const { accountId } = requireViewer(event);
      const { app, actor } = event.locals;
      await app.limits.take('claimByAddress', event.getClientAddress());
      await app.limits.take('claimByAccount', accountId);
      await askForRecord(app.db, actor, input);
      redirect(303, paths.claimRecord());
    }),
};
