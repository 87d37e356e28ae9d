import { freeSlotsOf } from '#lib/server/domain/availability/reads.ts';
import { asksForTwice } from '#lib/server/domain/booking/appointment.ts';
import { slotsQuery } from '#lib/server/domain/booking/input.ts';
import { jsonEndpoint, queryInput } from '#lib/server/http/json.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = (event) =>
  jsonEndpoint(async () => {
    const { practitioner, location, from, to, needs } = queryInput(event, slotsQuery);
    const slots = await freeSlotsOf(event.locals.app.db, practitioner, {
      locationId: location,
      from,
      to,
      doubleLength: asksForTwice(needs),
    });
    return {
      status: 200,
      body: {
        practitioner,
        slots: slots.map(({ locationId, timeZone, start, end }) => ({
          location: locationId,
          timeZone,
          start: start.toString(),
          end: end.toString(),
        })),
      },
    };
  });
