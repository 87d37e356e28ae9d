import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './port.ts';
import { publicInternet, type FetchRules } from '#lib/server/platform/safe-fetch.ts';

export const USERNAME = 'amara';
export const PASSWORD = 'an app password, äöü';

/** A CalDAV server with one person in it, and what that person's other program does there. */
export interface Radicale {
  /** `https://calendar.example:PORT` to whoever asks by the rules below. */
  base: string;
  /** Of the guard everything holds but this one address. */
  rules: FetchRules;
  request(method: string, path: string, body?: string, headers?: Record<string, string>): Promise<Response>;
  makeCalendar(path: string, kind?: 'VEVENT' | 'VTODO'): Promise<void>;
  stop(): Promise<void>;
}

/** Whether there is one to test against: named by RADICALE, or `radicale` on the PATH. */
export function hasRadicale(): boolean {
  return binary() !== undefined;
}

function binary(): string | undefined {
  if (process.env.RADICALE) return process.env.RADICALE;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, 'radicale')).find((path) => existsSync(path));
}

/** One of our own in a temporary folder, gone after `stop`. */
export async function startRadicale(): Promise<Radicale> {
  const folder = await mkdtemp(join(tmpdir(), 'steadyhand-radicale-'));
  const users = join(folder, 'users');
  await writeFile(users, `${USERNAME}:${PASSWORD}\n`);
  const port = await freePort();
  const settings = {
    config: '',
    'server-hosts': `127.0.0.1:${port}`,
    'storage-filesystem-folder': join(folder, 'data'),
    'auth-type': 'htpasswd',
    'auth-htpasswd-filename': users,
    'auth-htpasswd-encryption': 'plain',
    'auth-delay': '0',
    'logging-level': 'error',
  };
  const server = spawn(
    binary()!,
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
  // The run may end without its teardown: nothing of it stays behind.
  process.once('exit', () => server.kill('SIGKILL'));
  const authorization = `Basic ${Buffer.from(`${USERNAME}:${PASSWORD}`).toString('base64')}`;
  const request: Radicale['request'] = (method, path, body, headers = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { authorization, ...headers },
      ...(body !== undefined && { body }),
    });
  await becomeReady(
    request,
    () => server.exitCode !== null,
    () => said,
  );
  return {
    base: `http://calendar.example:${port}`,
    rules: {
      ...publicInternet,
      protocols: ['http:'],
      ports: [port],
      isPublic: (address) => address === '127.0.0.1',
      resolve: (host) => Promise.resolve(host === 'calendar.example' ? ['127.0.0.1'] : []),
    },
    request,
    async makeCalendar(path, kind = 'VEVENT') {
      const made = await request(
        'MKCALENDAR',
        path,
        `<?xml version="1.0"?><c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop><c:supported-calendar-component-set><c:comp name="${kind}"/></c:supported-calendar-component-set></d:prop></d:set></c:mkcalendar>`,
        { 'content-type': 'application/xml' },
      );
      if (!made.ok) throw new Error(`no calendar was made: ${made.status} ${await made.text()}`);
    },
    async stop() {
      server.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function becomeReady(
  request: Radicale['request'],
  hasEnded: () => boolean,
  said: () => string,
): Promise<void> {
  for (let tries = 0; tries < 400 && !hasEnded(); tries++) {
    const answer = await request('PROPFIND', '/', undefined, { depth: '0' }).catch(() => undefined);
    if (answer?.status === 207) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`radicale did not start: ${said()}`);
}
