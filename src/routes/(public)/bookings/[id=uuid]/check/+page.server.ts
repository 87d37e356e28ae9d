import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { confirmBooking } from '#lib/server/domain/booking/confirm-booking.ts';
import { requestKey } from '#lib/server/domain/booking/input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { forgetVisitor } from '#lib/server/http/visitor.ts';
import { extend, ownHold } from '../typed.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
  const { booking } = await parent();
  if (booking.state === 'held') {
    if (!booking.known && booking.draft.givenName === '') redirect(303, paths.booking(booking.id, 'you'));
    if (!locals.viewer?.emailVerified) redirect(303, paths.booking(booking.id, 'account'));
  }
  return { email: locals.viewer?.email ?? '', requestKey: randomUUID() };
};

export const actions: Actions = {
  go: (event) =>
    formAction(event, z.object({ requestKey }), async (input) => {
      const hold = await ownHold(event);
      await confirmBooking(event.locals.app.db, event.locals.actor, { ...hold, ...input });
      forgetVisitor(event);
      redirect(303, paths.booking(event.params.id, 'confirmed'));
    }),
  extend,
};
