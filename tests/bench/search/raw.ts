import { gunzipSync } from 'node:zlib';

export interface SentRequest {
  url: string;
  body: string;
}

/** What is sent to a search server meanwhile, in order and unpacked. */
export async function rememberSent(work: () => Promise<unknown>): Promise<SentRequest[]> {
  const sent: SentRequest[] = [];
  const real = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const body = init?.body;
    const url = input instanceof Request ? input.url : String(input);
    if (typeof body === 'string') sent.push({ url, body });
    else if (body instanceof Uint8Array) sent.push({ url, body: gunzipSync(body).toString() });
    return real(input, init);
  };
  try {
    await work();
  } finally {
    globalThis.fetch = real;
  }
  return sent;
}
