import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { endPractice } from '#lib/server/domain/oversight/end-practice.ts';
import { readEnding } from '#lib/server/domain/oversight/ending-reads.ts';
import { OTHER_ENDINGS, otherEndingForm } from '#lib/server/domain/oversight/input.ts';
import { choices } from '#lib/server/domain/oversight/vetting.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireStaff, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'reviewer', 'operator');
  const { app, actor } = event.locals;
  return {
    ending: await shown(() => readEnding(app.db, actor, event.params.id)),
    kinds: choices(OTHER_ENDINGS),
  };
};

export const actions: Actions = {
  default: (event) => {
    requireStaff(event, 'reviewer', 'operator');
    const practitionerId = event.params.id;
    return formAction(event, otherEndingForm, async (ending) => {
      await endPractice(event.locals.app.db, event.locals.actor, { ...ending, practitionerId });
      redirect(303, paths.endPractice(practitionerId));
    });
  },
};
