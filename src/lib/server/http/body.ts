import { Refusal } from '../domain/shared/refusal.ts';

/** What JSON can say and PostgreSQL cannot keep, nor anybody type: NUL, and one half of a letter that has two. */
const isKept = (text: string) => !text.includes('\0') && text.isWellFormed();

/** What a form or JSON may weigh; a page that takes a file says how much more. */
const MOST_BYTES = 512 * 1024;

/** The largest of our forms, a closure of five hundred visits, has some hundreds. */
const MOST_FIELDS = 5_000;

/** The fields of a form. A malformed body is a refusal (400), never an error of ours. */
export async function readForm(request: Request, mostBytes = MOST_BYTES): Promise<FormData> {
  const form = await bounded(request, mostBytes, (body) => body.formData());
  const values = [...form.values()];
  if (values.length > MOST_FIELDS) throw new Refusal('too_large');
  if (values.some((value) => typeof value === 'string' && !isKept(value))) throw new Refusal('malformed');
  return form;
}

/** A JSON body. Another content type or malformed JSON is a refusal (400). */
export async function readJson(request: Request): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? ''))
    throw new Refusal('malformed');
  const text = await bounded(request, MOST_BYTES, (body) => body.text());
  try {
    return JSON.parse(text, keptOnly) as unknown;
  } catch {
    throw new Refusal('malformed');
  }
}

function keptOnly(name: string, value: unknown): unknown {
  if (!isKept(name) || (typeof value === 'string' && !isKept(value))) throw new Refusal('malformed');
  return value;
}

/** A body as it is, of at most so many bytes. */
export async function readBytes(request: Request, mostBytes: number): Promise<Buffer> {
  return Buffer.from(await bounded(request, mostBytes, (body) => body.arrayBuffer()));
}

/** Reads a body; what comes after the bound is let go by and not kept, and then the whole is refused. */
async function bounded<T>(
  request: Request,
  mostBytes: number,
  read: (body: Response) => Promise<T>,
): Promise<T> {
  // A length that is announced is refused before anybody sends it.
  if (Number(request.headers.get('content-length')) > mostBytes) throw new Refusal('too_large');
  let bytes = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.length;
      if (bytes <= mostBytes) controller.enqueue(chunk);
    },
  });
  const headers = { 'content-type': request.headers.get('content-type') ?? '' };
  const refusal = () => new Refusal(bytes > mostBytes ? 'too_large' : 'malformed');
  const whole = await read(new Response(request.body?.pipeThrough(counted), { headers })).catch(() => {
    throw refusal();
  });
  if (bytes > mostBytes) throw refusal();
  return whole;
}
