import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { beginApp, readFactors, removeApp } from '#lib/server/domain/accounts/change-factors.ts';
import { nextInput, nextOf } from '#lib/server/domain/accounts/input.ts';
import { formatDate } from '#lib/server/domain/shared/dates.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer } from '#lib/server/http/guards.ts';
import { requireProof } from '#lib/server/http/proof.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const viewer = requireViewer(event);
  const { app } = event.locals;
  const { appSince, codesLeft, passkeys } = await readFactors(app.db, viewer);
  return {
    next: nextOf(event.url.searchParams.get('next')) ?? '',
    isProfessional: viewer.isProfessional,
    isRequired: app.config.secondFactor === 'required',
    appSince: appSince && formatDate(appSince, 'UTC'),
    codesLeft,
    passkeys: passkeys.length,
  };
};

export const actions: Actions = {
  begin: (event) =>
    formAction(event, nextInput, async ({ next }, typed) => {
      const viewer = requireViewer(event);
      await requireProof(event, viewer, 'account', typed);
      const { config, db } = event.locals.app;
      await beginApp(db, config.sealingKeys, viewer);
      redirect(303, paths.authenticatorApp(next));
    }),
  remove: (event) =>
    formAction(event, nextInput, async (_, typed) => {
      const viewer = requireViewer(event);
      await requireProof(event, viewer, 'account', typed);
      await removeApp(event.locals.app.db, viewer);
      redirect(303, paths.secondFactor());
    }),
};
