import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { agreeToTerms, readTerms } from '#lib/server/domain/accounts/agree-to-terms.ts';
import { nextInput } from '#lib/server/domain/accounts/input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  return {
    terms: await shown(() => readTerms(event.locals.app.db, event.locals.actor)),
    next: event.url.searchParams.get('next') ?? '',
  };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, nextInput, async ({ next }) => {
      requireViewer(event);
      await agreeToTerms(event.locals.app.db, event.locals.actor);
      redirect(303, next ?? paths.agreeToTerms());
    }),
};
