import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** As good as gzip at its best, and several times as fast: every answer is compressed anew. */
const BROTLI_QUALITY = 5;
/** Smaller answers fit in one packet either way. */
const SMALLEST_BYTES = 1_000;
const COMPRESSIBLE = /^(?:text\/html|application\/json)\b/;

const encoders = {
  br: (body: ArrayBuffer) =>
    promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  gzip: (body: ArrayBuffer) => promisify(gzip)(body),
};

/**
 * The same answer in the encoding that the asker reads, for pages and their data; files were compressed when they were
 * built. Never give it what is somebody's own: where a page repeats what an address says, the length of the whole would
 * tell its secrets (https://www.breachattack.com/).
 */
export async function compressed(request: Request, response: Response): Promise<Response> {
  const { headers } = response;
  if (response.body === null || headers.has('content-encoding')) return response;
  if (!COMPRESSIBLE.test(headers.get('content-type') ?? '')) return response;
  headers.append('vary', 'accept-encoding');
  const encoding = readableEncoding(request.headers.get('accept-encoding') ?? '');
  if (encoding === undefined) return response;

  const body = await response.arrayBuffer();
  const { status } = response;
  if (body.byteLength < SMALLEST_BYTES) return new Response(body, { status, headers });
  headers.set('content-encoding', encoding);
  headers.delete('content-length');
  return new Response(await encoders[encoding](body), { status, headers });
}

function readableEncoding(accepted: string): keyof typeof encoders | undefined {
  const names = accepted
    .split(',')
    .filter((choice) => !/;\s*q=0(?:\.0*)?\s*$/.test(choice))
    .map((choice) => choice.split(';')[0]!.trim());
  return (['br', 'gzip'] as const).find((name) => names.includes(name));
}
