import { confirmBooking } from '#lib/server/domain/booking/confirm-booking.ts';
import { confirmationInput } from '#lib/server/domain/booking/input.ts';
import { jsonEndpoint, jsonInput } from '#lib/server/http/json.ts';
import { forgetVisitor, requestKeyOf, visitorOf } from '#lib/server/http/visitor.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = (event) =>
  jsonEndpoint(async () => {
    const { usualLength, ...typed } = await jsonInput(event, confirmationInput);
    const { id, practitioner, location, start, end } = await confirmBooking(
      event.locals.app.db,
      event.locals.actor,
      {
        appointmentId: event.params.id,
        partyId: await visitorOf(event),
        typed,
        usualLength,
        requestKey: requestKeyOf(event),
      },
    );
    forgetVisitor(event);
    return { status: 201, body: { id, state: 'confirmed', practitioner, location, start, end } };
  });
