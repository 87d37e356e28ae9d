import type { ServerProcess } from './processes.ts';

export interface Answer {
  status: number;
  body: { id?: string; code?: string };
  text: string;
  cookies: string[];
  /** In seconds, as it was said; null where it was not. */
  retryAfter: string | null;
}

/** Asks the JSON API of a server; null when no answer came. */
export async function ask(
  { url }: Pick<ServerProcess, 'url'>,
  {
    method = 'POST',
    path,
    body = {},
    key,
    cookies = [],
  }: { method?: 'POST' | 'PUT' | 'DELETE'; path: string; body?: object; key?: string; cookies?: string[] },
): Promise<Answer | null> {
  try {
    const response = await fetch(`${url}/api/v1/${path}`, {
      method,
      headers: {
        origin: url,
        'content-type': 'application/json',
        cookie: cookies.join('; '),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    const given = response.headers.getSetCookie().map((line) => line.split(';')[0]!);
    const retryAfter = response.headers.get('retry-after');
    return {
      status: response.status,
      body: JSON.parse(text) as Answer['body'],
      text,
      cookies: given,
      retryAfter,
    };
  } catch {
    return null;
  }
}
