import { reopen } from '#lib/server/domain/booking/close-time.ts';
import { jsonEndpoint } from '#lib/server/http/json.ts';
import type { RequestHandler } from './$types';

export const DELETE: RequestHandler = (event) =>
  jsonEndpoint(async () => {
    await reopen(event.locals.app.db, event.locals.actor, { closureId: event.params.id });
    return { status: 200, body: { id: event.params.id, state: 'reopened' } };
  });
