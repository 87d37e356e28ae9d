import { json, type RequestEvent } from '@sveltejs/kit';
import type { z } from 'zod';
import { isRefusal, Refusal } from '../domain/shared/refusal.ts';
import { readJson } from './body.ts';

/**
 * Runs a JSON endpoint. Refusals become RFC 9457 problems (`application/problem+json`) with our `code`;
 * `run` answers a status and a body built by name.
 */
export async function jsonEndpoint(
  run: () => Promise<{ status: number; body: unknown; headers?: Record<string, string> }>,
): Promise<Response> {
  try {
    const { status, body, headers } = await run();
    return json(body, { status, headers: { 'cache-control': 'no-store', ...headers } });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return problemResponse(error);
  }
}

/** A refusal as RFC 9457 problem details. */
export function problemResponse(refusal: Refusal): Response {
  const { errors, alternatives } = refusal.details;
  return new Response(
    JSON.stringify({
      type: `/problems/${refusal.code}`,
      title: refusal.message,
      status: refusal.status,
      code: refusal.code,
      ...(refusal.field === undefined ? {} : { field: refusal.field }),
      ...(errors === undefined ? {} : { errors }),
      ...(alternatives === undefined ? {} : { alternatives }),
    }),
    {
      status: refusal.status,
      headers: {
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
        ...(refusal.status === 503 || refusal.status === 429 ? { 'retry-after': '2' } : {}),
      },
    },
  );
}

/** The JSON body of a request, checked; `invalid_input` with a message per field otherwise. */
export async function jsonInput<Schema extends z.ZodType>(
  event: RequestEvent,
  schema: Schema,
): Promise<z.output<Schema>> {
  return checked(schema, await readJson(event.request));
}

/** The query of a request, checked; repeated names become arrays. */
export function queryInput<Schema extends z.ZodType>(event: RequestEvent, schema: Schema): z.output<Schema> {
  const byName = Map.groupBy(event.url.searchParams, ([name]) => name);
  const values = [...byName].map(
    ([name, all]) => [name, all.length > 1 ? all.map(([, text]) => text) : all[0]![1]] as const,
  );
  return checked(schema, Object.fromEntries(values));
}

function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({
    field: issue.path.join('.'),
    message: issue.message,
  }));
  throw new Refusal('invalid_input', { details: { errors } });
}
