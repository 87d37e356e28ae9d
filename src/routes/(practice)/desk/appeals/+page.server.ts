import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { correctMark, readOpenAppeals } from '#lib/server/domain/booking/correct-mark.ts';
import { correctionForm } from '#lib/server/domain/booking/day-input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { notFound, requireViewer, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const viewer = requireViewer(event);
  const mayAnswer =
    viewer.practitionerId !== null ||
    viewer.receptionClinicIds.length > 0 ||
    viewer.staffRoles.includes('operator');
  if (!mayAnswer) notFound();
  return { appeals: await shown(() => readOpenAppeals(event.locals.app.db, event.locals.actor)) };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, correctionForm, async (input) => {
      requireViewer(event);
      await correctMark(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.appeals());
    }),
};
