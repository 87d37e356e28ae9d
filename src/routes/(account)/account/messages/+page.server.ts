import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { chooseMessages } from '#lib/server/domain/notifications/choose-messages.ts';
import { choicesForm } from '#lib/server/domain/notifications/message-input.ts';
import { readMessageChoices } from '#lib/server/domain/notifications/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  const { app, actor } = event.locals;
  return {
    choices: await shown(() => readMessageChoices(app.db, actor)),
    isSaved: event.url.searchParams.has('saved'),
  };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, choicesForm, async (input) => {
      requireViewer(event);
      await chooseMessages(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.messages({ saved: 'yes' }));
    }),
};
