import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { readBooking } from '#lib/server/domain/booking/reads.ts';
import { shown } from '#lib/server/http/guards.ts';
import { visitorOf } from '#lib/server/http/visitor.ts';
import type { LayoutServerLoad } from './$types';

/** The visitor's own booking, for every question page. A booked one has its own page, and only that. */
export const load: LayoutServerLoad = async (event) => {
  const partyId = await visitorOf(event);
  const { db } = event.locals.app;
  const booking = await shown(() =>
    readBooking(db, event.locals.actor, { appointmentId: event.params.id, partyId }),
  );
  const isLast = event.route.id.endsWith('/confirmed');
  if (booking.state === 'confirmed' && !isLast) redirect(303, paths.booking(booking.id, 'confirmed'));
  if (booking.state !== 'confirmed' && isLast) redirect(303, paths.booking(booking.id, 'check'));
  return { booking };
};
