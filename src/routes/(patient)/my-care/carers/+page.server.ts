import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { endForm, inviteForm, lettersForm } from '#lib/server/domain/booking/carer-input.ts';
import { readMyCarers } from '#lib/server/domain/booking/carer-reads.ts';
import { endCarer, setCarerLetters } from '#lib/server/domain/booking/end-carer.ts';
import { inviteCarer } from '#lib/server/domain/booking/invite-carer.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePatient, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePatient(event);
  const { app, actor } = event.locals;
  return { carers: await shown(() => readMyCarers(app.db, actor)) };
};

export const actions: Actions = {
  invite: (event) =>
    formAction(event, inviteForm, async (input) => {
      const { accountId } = requirePatient(event);
      const { app, actor } = event.locals;
      await app.limits.take('carersByAccount', accountId);
      const linkOf = (code: string) => new URL(paths.carerAccept(code), app.config.publicUrl).href;
      await inviteCarer(app.db, actor, linkOf, input);
      redirect(303, paths.myCarers());
    }),
  letters: (event) =>
    formAction(event, lettersForm, async (input) => {
      await setCarerLetters(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.myCarers());
    }),
  end: (event) =>
    formAction(event, endForm, async (input) => {
      await endCarer(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.myCarers());
    }),
};
