import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { allowOpeningForm, openLockedForm } from '#lib/server/domain/privacy/input.ts';
import { allowOpening, askToOpen, readLockedRecords } from '#lib/server/domain/privacy/locked-records.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireStaff, shown } from '#lib/server/http/guards.ts';
import { requireProof } from '#lib/server/http/proof.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'operator');
  const { app, actor } = event.locals;
  return {
    locked: await shown(() => readLockedRecords(app.db, actor)),
    /** The record that somebody is about to ask for. */
    asking: event.url.searchParams.get('ask'),
    /** The opening that somebody is about to allow. */
    allowing: event.url.searchParams.get('allow'),
  };
};

export const actions: Actions = {
  ask: (event) =>
    formAction(event, openLockedForm, async (input, typed) => {
      await requireProof(event, requireStaff(event, 'operator'), 'account', typed);
      await askToOpen(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.staffLockedRecords());
    }),
  allow: (event) =>
    formAction(event, allowOpeningForm, async (input, typed) => {
      // The second person is as much of a guard as the first: not whoever sits at their desk.
      await requireProof(event, requireStaff(event, 'operator'), 'account', typed);
      await allowOpening(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.staffLockedRecords());
    }),
};
