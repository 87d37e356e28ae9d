import { Refusal } from '../domain/shared/refusal.ts';

/** PostgreSQL keeps no NUL, and nobody types one. */
const NUL = /\\u0000/;

/** The fields of a form. A malformed body is a refusal (400), never an error of ours. */
export async function readForm(request: Request): Promise<FormData> {
  const form = await request.formData().catch((error: unknown) => {
    throw bodyRefusal(error);
  });
  if ([...form.values()].some((value) => typeof value === 'string' && value.includes('\0')))
    throw new Refusal('malformed');
  return form;
}

/** A JSON body. Another content type or malformed JSON is a refusal (400). */
export async function readJson(request: Request): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? ''))
    throw new Refusal('malformed');
  try {
    const text = await request.text();
    if (NUL.test(text)) throw new Refusal('malformed');
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw bodyRefusal(error);
  }
}

/** SvelteKit reports a body over its limit as an error with a status. */
function bodyRefusal(error: unknown): unknown {
  const tooLarge = typeof error === 'object' && error !== null && 'status' in error && error.status === 413;
  return tooLarge ? error : new Refusal('malformed');
}
