import { movedTimeInput } from '#lib/server/domain/booking/api-input.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import { jsonEndpoint, jsonInput } from '#lib/server/http/json.ts';
import { requestKeyOf } from '#lib/server/http/visitor.ts';
import type { RequestHandler } from './$types';

export const PUT: RequestHandler = (event) =>
  jsonEndpoint(async () => {
    const { start } = await jsonInput(event, movedTimeInput);
    const moved = await moveAppointment(event.locals.app.db, event.locals.actor, {
      appointmentId: event.params.id,
      start,
      requestKey: requestKeyOf(event),
    });
    return { status: 200, body: { id: moved.id, state: 'confirmed', start: moved.start, end: moved.end } };
  });
