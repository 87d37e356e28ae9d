import { CspEvaluator } from 'csp_evaluator/dist/evaluator.js';
import { Severity } from 'csp_evaluator/dist/finding.js';
import { CspParser } from 'csp_evaluator/dist/parser.js';
import pg from 'pg';
import { beforeAll, expect, it } from 'vitest';
import { afterFile } from '../harness/after.ts';
import { createTestDatabase } from '../harness/database.ts';
import { startTestServer } from '../harness/server.ts';
import { setStage, type Stage } from './authorisation-stage.ts';
import { authorisation, insiders, owns, roles, strangers } from './authorisation.ts';
import { routeTree } from './route-tree.ts';

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

/** What an evaluator of policies finds that lets scripts in. */
function weaknesses(policy: string): string[] {
  return new CspEvaluator(new CspParser(policy).csp)
    .evaluate()
    .filter(
      ({ severity }) =>
        severity === Severity.HIGH || severity === Severity.SYNTAX || severity === Severity.MEDIUM,
    )
    .map(({ directive, description }) => `${directive}: ${description}`);
}

const get = (path: string, cookie: string | null = null) =>
  fetch(new URL(path, url), {
    redirect: 'manual',
    headers: { accept: 'text/html', ...(cookie && { cookie }) },
  });

it('the evaluator finds what is weak', () => {
  expect(weaknesses("default-src 'self' 'unsafe-inline'; object-src 'none'")).not.toEqual([]);
  expect(weaknesses("object-src 'none'")).not.toEqual([]);
});

it('every page and endpoint has a policy under which no foreign script runs', async () => {
  const reads = routeTree().filter(({ methods }) => methods.includes('GET'));
  for (const { id } of reads) {
    const { audience, own } = authorisation[id]!;
    const role = roles.find(
      (one) =>
        !strangers.includes(one) &&
        (own === undefined ? insiders[audience].includes(one) : owns(one, audience, 'one')),
    );
    const path = stage.addressOf(id, own && stage.sides.one.ids[own]);
    for (const cookie of [null, role === undefined ? null : stage.cookies[role]]) {
      const answer = await get(path, cookie);
      await answer.bytes();
      expect([id, answer.status, weaknesses(answer.headers.get('content-security-policy') ?? '')]).toEqual([
        id,
        answer.status,
        [],
      ]);
    }
  }
});

it('so have files, errors, and what is refused', async () => {
  const paths = [
    '/nowhere',
    '/practitioners/nobody-of-this-name',
    '/search?q=%00',
    '/search?map=1',
    '/favicon.svg',
    '/site.webmanifest',
    '/api/v1/slots',
    '/api/v1/nowhere',
    '/search/__data.json',
    '/%ff',
  ];
  for (const path of paths) {
    const answer = await get(path);
    await answer.bytes();
    expect([path, weaknesses(answer.headers.get('content-security-policy') ?? '')]).toEqual([path, []]);
  }
  const refused = await fetch(new URL('/account/sign-in', url), { method: 'POST', body: 'a=b' });
  expect([refused.status, weaknesses(refused.headers.get('content-security-policy') ?? '')]).toEqual([
    403,
    [],
  ]);
});
