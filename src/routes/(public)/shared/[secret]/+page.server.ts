import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { openShared, requireShare } from '#lib/server/domain/records/sharing.ts';
import { openSharedForm } from '#lib/server/domain/records/sharing-input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { shown } from '#lib/server/http/guards.ts';
import { keepPrivate } from '#lib/server/http/send-paper.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  keepPrivate(event);
  const { app } = event.locals;
  await shown(async () => {
    await app.limits.take('sharedByAddress', event.getClientAddress());
    await requireShare(app.db, event.params.secret);
  });
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, openSharedForm, async (input) => {
      const { app, actor } = event.locals;
      await app.limits.take('sharedByAddress', event.getClientAddress());
      redirect(
        303,
        paths.opened(
          await openShared(app.db, app.config.publicUrl, actor, { ...input, secret: event.params.secret }),
        ),
      );
    }),
};
