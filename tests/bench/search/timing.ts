import { Agent, request } from 'node:http';

/** Milliseconds that so many of a hundred stay under; NaN of none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1)] ?? NaN;
}

export async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const begun = performance.now();
  const result = await work();
  return { ms: performance.now() - begun, result };
}

export interface Visitor {
  /** The whole answer, read to its end. Anything but 200 is an error. */
  get(path: string): Promise<string>;
  leave(): void;
}

/** Keeps so many connections to a server open, as a proxy in front of it does. */
export function visit(origin: string, connections = 1): Visitor {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    get: (path) =>
      new Promise((resolve, reject) => {
        const sent = request(new URL(path, origin), { agent }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const body = Buffer.concat(chunks).toString();
            if (response.statusCode === 200) resolve(body);
            else reject(new Error(`${path}: ${response.statusCode} ${body.slice(0, 200)}`));
          });
          response.on('error', reject);
        });
        sent.on('error', reject);
        sent.end();
      }),
    leave: () => agent.destroy(),
  };
}

/** Requests a second while so many clients ask one page after the other. */
export async function requestsPerSecond(
  origin: string,
  hrefs: readonly string[],
  { clients, ms }: { clients: number; ms: number },
): Promise<number> {
  const visitor = visit(origin, clients);
  let asked = 0;
  let answered = 0;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() - begun < ms) {
        await visitor.get(hrefs[asked++ % hrefs.length]!);
        answered++;
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1_000;
  visitor.leave();
  return answered / seconds;
}

/** How long until it is so, asked every few milliseconds; at most half a minute. */
export async function untilSo(isSo: () => Promise<boolean>): Promise<number> {
  const begun = performance.now();
  while (performance.now() - begun < 30_000) {
    if (await isSo()) return performance.now() - begun;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return Infinity;
}
