import { gunzipSync } from 'node:zlib';

/** The bodies of what is sent to a search server meanwhile, in order and unpacked. */
export async function rememberBodies(work: () => Promise<void>): Promise<string[]> {
  const bodies: string[] = [];
  const real = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const body = init?.body;
    if (typeof body === 'string') bodies.push(body);
    else if (body instanceof Uint8Array) bodies.push(gunzipSync(body).toString());
    return real(input, init);
  };
  try {
    await work();
  } finally {
    globalThis.fetch = real;
  }
  return bodies;
}
