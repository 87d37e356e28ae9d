import { holdInput } from '#lib/server/domain/booking/input.ts';
import { jsonEndpoint, jsonInput } from '#lib/server/http/json.ts';
import { keepForVisitor, requestKeyOf } from '#lib/server/http/visitor.ts';
import { holdBody } from '../hold.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = (event) =>
  jsonEndpoint(async () => {
    const input = await jsonInput(event, holdInput);
    const hold = await keepForVisitor(event, { ...input, requestKey: requestKeyOf(event) });
    return { status: 201, body: holdBody(hold) };
  });
