import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { reachForm, youForm } from '#lib/server/domain/booking/input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { extend, keepTyped, onward } from '../typed.ts';
import type { Actions, PageServerLoad } from './$types';

/** Of somebody whom a carer books for, name and number are known. */
export const load: PageServerLoad = async ({ parent, url }) => {
  const { booking } = await parent();
  if (booking.caredFor.length > 0 && !url.searchParams.has('change'))
    redirect(303, paths.booking(booking.id, 'concerns'));
};

export const actions: Actions = {
  go: (event) =>
    formAction(event, event.locals.viewer?.patientId ? reachForm : youForm, async (typed) => {
      await keepTyped(event, typed);
      redirect(303, onward(event, 'concerns'));
    }),
  extend,
};
