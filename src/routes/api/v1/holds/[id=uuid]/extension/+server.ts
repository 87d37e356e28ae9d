import { extendHold } from '#lib/server/domain/booking/extend-hold.ts';
import { jsonEndpoint } from '#lib/server/http/json.ts';
import { requestKeyOf, visitorOf } from '#lib/server/http/visitor.ts';
import { holdBody } from '../../../hold.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = (event) =>
  jsonEndpoint(async () => {
    const hold = await extendHold(event.locals.app.db, event.locals.actor, {
      appointmentId: event.params.id,
      partyId: await visitorOf(event),
      requestKey: requestKeyOf(event),
    });
    return { status: 200, body: holdBody(hold) };
  });
