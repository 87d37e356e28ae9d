import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { afterFile } from '../harness/after.ts';
import { createTestDatabase } from '../harness/database.ts';
import { startTestServer } from '../harness/server.ts';
import { setStage, type Stage } from './authorisation-stage.ts';
import { authorisation, insiders, owns, roles, strangers, type Role } from './authorisation.ts';
import { routeTree } from './route-tree.ts';

it('every route has a row, and every row a route', () => {
  expect(Object.keys(authorisation).toSorted()).toEqual(routeTree().map(({ id }) => id));
});

it('every form named in a row exists', () => {
  const actionsOf = new Map(routeTree().map(({ id, actions }) => [id, actions]));
  for (const [route, { actions = {} }] of Object.entries(authorisation))
    for (const action of Object.keys(actions))
      expect([route, actionsOf.get(route)]).toEqual([route, expect.arrayContaining([action])]);
});

describe('the matrix', () => {
  let url: string;
  let stage: Stage;

  beforeAll(async () => {
    const database = await createTestDatabase('demo');
    const client = new pg.Client({ connectionString: database.urls.owner });
    await client.connect();
    afterFile(() => client.end());
    stage = await setStage(client);
    ({ url } = await startTestServer(database));
  });

  async function ask(route: string, role: Role, id: string | undefined, method = 'GET', body: object = {}) {
    const cookie = stage.cookies[role];
    const response = await fetch(new URL(stage.addressOf(route, id), url), {
      method,
      redirect: 'manual',
      headers: {
        ...(cookie !== null && { cookie }),
        ...(method !== 'GET' && { origin: new URL(url).origin, 'content-type': 'application/json' }),
      },
      ...(method !== 'GET' && { body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      location: response.headers.get('location') ?? '',
      body: await response.text(),
    };
  }

  const withIds = Object.entries(authorisation).filter(([, row]) => row.own !== undefined);
  const withoutIds = Object.entries(authorisation).filter(
    ([, row]) => row.own === undefined && row.method === undefined,
  );

  it.each(withoutIds)('%s opens for its audience and for nobody else', async (route, { audience }) => {
    for (const role of roles) {
      const { status, location } = await ask(route, role, undefined);
      const seen = `${role}: ${status === 303 && location.startsWith('/account/sign-in') ? 'sign in' : status}`;
      if (insiders[audience].includes(role)) {
        // A page may still want something of the address; it is never kept from its audience.
        expect([`${role}: 200`, `${role}: 303`, `${role}: 400`, `${role}: 422`]).toContain(seen);
      } else
        expect(seen).toBe(
          strangers.includes(role) && audience !== 'monitor' ? `${role}: sign in` : `${role}: 404`,
        );
    }
  });

  it.each(withIds)(
    '%s: own opens, another’s and none at all look alike',
    async (route, { audience, own, method, body }) => {
      const id = stage.sides.one.ids[own!];
      for (const role of roles) {
        const mine = await ask(route, role, id, method, body);
        const absent = await ask(route, role, randomUUID(), method, body);
        if (owns(role, audience, 'one')) {
          expect(`${role}: ${mine.status}`).not.toBe(`${role}: 404`);
          expect(mine.status).toBeLessThan(500);
          expect(`${role} absent: ${absent.status}`).toBe(`${role} absent: 404`);
        } else {
          expect(`${role}: ${mine.status}`).toBe(`${role}: ${absent.status}`);
          expect(mine.location.replace(id, '')).toBe(absent.location.replace(/[0-9a-f-]{36}/, ''));
          expect([303, 401, 404]).toContain(mine.status);
        }
      }
    },
  );

  it('refuses every unsafe request from elsewhere, whatever its content type', async () => {
    const types = [
      'application/json',
      'application/x-www-form-urlencoded',
      'text/plain',
      'multipart/form-data',
      'x/y',
    ];
    for (const origin of [undefined, 'null', 'https://elsewhere.example']) {
      for (const type of types) {
        for (const path of ['/account/sign-out', '/account/sign-in', '/api/v1/holds', '/my-care?/close']) {
          const response = await fetch(new URL(path, url), {
            method: 'POST',
            redirect: 'manual',
            headers: { 'content-type': type, ...(origin !== undefined && { origin }) },
            body: '',
          });
          expect(`${origin} ${type} ${path}: ${response.status}`).toBe(`${origin} ${type} ${path}: 403`);
        }
      }
    }
  });

  it('answers malformed bodies with 400 and tells nothing', async () => {
    const { origin } = new URL(url);
    const bodies: [string, string, string][] = [
      ['/api/v1/holds', 'application/json', '{"practitioner":'],
      ['/api/v1/holds', 'text/plain', 'hello'],
      ['/account/sign-in', 'multipart/form-data; boundary=x', 'no boundary here'],
    ];
    for (const [path, type, body] of bodies) {
      const response = await fetch(new URL(path, url), {
        method: 'POST',
        headers: { origin, accept: 'text/html', 'content-type': type },
        body,
      });
      expect(`${path} ${type}: ${response.status}`).toBe(`${path} ${type}: 400`);
      expect(await response.text()).not.toMatch(/at .*\.(js|ts):|SELECT|constraint/);
    }
  });

  it('sends security headers with everything, and lets nobody keep what a signed-in person sees', async () => {
    for (const path of ['/', '/search', '/robots.txt', '/favicon.svg', '/nowhere', '/api/v1/slots']) {
      const { headers } = await fetch(new URL(path, url));
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('content-security-policy')).toContain("object-src 'none'");
    }
    const page = await fetch(new URL('/', url));
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).toMatch(/script-src 'self' 'nonce-/);
    expect(policy).not.toContain('unsafe-inline');
    const signedIn = await fetch(new URL('/', url), { headers: { cookie: stage.cookies.patient! } });
    expect(signedIn.headers.get('cache-control')).toBe('no-store');
  });
});
