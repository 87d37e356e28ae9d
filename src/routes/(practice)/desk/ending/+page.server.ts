import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { endPractice } from '#lib/server/domain/oversight/end-practice.ts';
import { readOwnEnding } from '#lib/server/domain/oversight/ending-reads.ts';
import { OWN_ENDINGS, ownEndingForm } from '#lib/server/domain/oversight/input.ts';
import { choices } from '#lib/server/domain/oversight/vetting.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return { ending: await shown(() => readOwnEnding(app.db, actor)), kinds: choices(OWN_ENDINGS) };
};

export const actions: Actions = {
  default: (event) => {
    const { practitionerId } = requirePractitioner(event);
    return formAction(event, ownEndingForm, async (ending) => {
      await endPractice(event.locals.app.db, event.locals.actor, { ...ending, practitionerId });
      redirect(303, paths.deskEnding());
    });
  },
};
