import { cancelAppointment } from '#lib/server/domain/booking/cancel-appointment.ts';
import { cancellationInput } from '#lib/server/domain/booking/input.ts';
import { jsonEndpoint, jsonInput } from '#lib/server/http/json.ts';
import { requestKeyOf, visitorOf } from '#lib/server/http/visitor.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = (event) =>
  jsonEndpoint(async () => {
    const { reason } = await jsonInput(event, cancellationInput);
    const { id, state, cancelledBy } = await cancelAppointment(event.locals.app.db, event.locals.actor, {
      appointmentId: event.params.id,
      partyId: await visitorOf(event),
      reason,
      requestKey: requestKeyOf(event),
    });
    return { status: 201, body: { id, state, cancelledBy } };
  });
