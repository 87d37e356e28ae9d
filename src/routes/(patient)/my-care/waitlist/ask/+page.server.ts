import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { askForEarlier } from '#lib/server/domain/waitlist/ask-for-earlier.ts';
import { askForm, newcomerForm, type AskInput } from '#lib/server/domain/waitlist/input.ts';
import { readAsk } from '#lib/server/domain/waitlist/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  const { app, actor } = event.locals;
  const query = event.url.searchParams;
  return shown(() =>
    readAsk(app.db, actor, {
      appointmentId: query.get('appointment'),
      practitioner: query.get('practitioner'),
    }),
  );
};

export const actions: Actions = {
  default: (event) => {
    const { patientId } = requireViewer(event);
    const ask = async (input: AskInput) => {
      await askForEarlier(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.waitlist());
    };
    return patientId === null ? formAction(event, newcomerForm, ask) : formAction(event, askForm, ask);
  },
};
