import { closureInput } from '#lib/server/domain/booking/api-input.ts';
import { closeTime } from '#lib/server/domain/booking/close-time.ts';
import { Refusal } from '#lib/server/domain/shared/refusal.ts';
import { jsonEndpoint, jsonInput } from '#lib/server/http/json.ts';
import { requestKeyOf } from '#lib/server/http/visitor.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = (event) =>
  jsonEndpoint(async () => {
    const practitionerId = event.locals.viewer?.practitionerId;
    if (!practitionerId) throw new Refusal('not_found');
    const { location, ...input } = await jsonInput(event, closureInput);
    const { closureId } = await closeTime(event.locals.app.db, event.locals.actor, {
      ...input,
      practitionerId,
      locationId: location,
      requestKey: requestKeyOf(event),
    });
    return { status: 201, body: { id: closureId } };
  });
