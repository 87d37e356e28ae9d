import { whyNotPublic, wordingQuery } from '#lib/server/domain/practitioners/input.ts';
import { Refusal } from '#lib/server/domain/shared/refusal.ts';
import { jsonEndpoint, jsonInput } from '#lib/server/http/json.ts';
import type { RequestHandler } from './$types';

/** Whether what is being typed may stand on a public page, and if not, why. In the body: addresses are written down. */
export const POST: RequestHandler = (event) =>
  jsonEndpoint(async () => {
    if (!event.locals.viewer?.practitionerId) throw new Refusal('not_found');
    const { text } = await jsonInput(event, wordingQuery);
    return { status: 200, body: { problem: whyNotPublic(text) } };
  });
