import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { openCard } from '#lib/server/domain/records/sharing.ts';
import { openCardForm } from '#lib/server/domain/records/sharing-input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { keepPrivate } from '#lib/server/http/send-paper.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => {
  keepPrivate(event);
  return { code: (event.url.searchParams.get('code') ?? '').slice(0, 60) };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, openCardForm, async (input) => {
      const { app, actor } = event.locals;
      await app.limits.take('cardByAddress', event.getClientAddress());
      redirect(303, paths.opened(await openCard(app.db, app.config.publicUrl, actor, input)));
    }),
};
