import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { confirmBooking } from '#lib/server/domain/booking/confirm-booking.ts';
import { bookedFor, requestKey } from '#lib/server/domain/booking/input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { forgetVisitor } from '#lib/server/http/visitor.ts';
import { extend, ownHold } from '../typed.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
  const { booking } = await parent();
  if (booking.state === 'held') {
    const isNamed = booking.known !== null || booking.draft.givenName !== '' || booking.caredFor.length > 0;
    if (!isNamed) redirect(303, paths.booking(booking.id, 'you'));
    if (!locals.viewer?.emailVerified) redirect(303, paths.booking(booking.id, 'account'));
  }
  return { email: locals.viewer?.email ?? '', requestKey: randomUUID() };
};

export const actions: Actions = {
  go: (event) =>
    formAction(event, z.object({ requestKey, forPatientId: bookedFor }), async (input) => {
      const hold = await ownHold(event);
      await confirmBooking(event.locals.app.db, event.locals.actor, { ...hold, ...input });
      forgetVisitor(event);
      redirect(
        303,
        input.forPatientId === undefined ? paths.booking(event.params.id, 'confirmed') : paths.carer(),
      );
    }),
  extend,
};
