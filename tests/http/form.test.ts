import type { RequestEvent } from '@sveltejs/kit';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { Refusal } from '#lib/server/domain/shared/refusal.ts';
import { formAction, formValues } from '#lib/server/http/form.ts';

it('a refusal comes back with what the page needs, and without the guard that gave it', async () => {
  const request = new Request('http://here.test/', {
    method: 'POST',
    body: new URLSearchParams({ day: 'Monday', password: 'secret' }),
  });
  const event = { request } as RequestEvent;
  const details = { guard: 'some_constraint', alternatives: [] };
  const answer = await formAction(event, z.object({ day: z.string() }), () =>
    Promise.reject(new Refusal('not_found', { details })),
  );
  expect(answer).toMatchObject({
    status: 404,
    data: { code: 'not_found', values: { day: 'Monday' }, details: { alternatives: [] } },
  });
  expect(JSON.stringify(answer)).not.toMatch(/some_constraint|secret/);
});

it('what is possible again in a moment says so', async () => {
  const headers: Record<string, string> = {};
  const request = new Request('http://here.test/', {
    method: 'POST',
    body: new URLSearchParams({ day: 'Monday' }),
  });
  const event = { request, setHeaders: (more: Record<string, string>) => void Object.assign(headers, more) };
  const answer = await formAction(event as unknown as RequestEvent, z.object({ day: z.string() }), () =>
    Promise.reject(new Refusal('unavailable')),
  );
  expect([answer.status, headers]).toEqual([503, { 'retry-after': '2' }]);
});

it('a form has its fields and inherits nothing from them', () => {
  const values = formValues(
    new URLSearchParams('a=1&b=1&b=2&c[]=1&__proto__=1&__proto__=2&__proto__[]=3&toString=1'),
  );
  expect(values).toEqual({ a: '1', b: ['1', '2'], c: ['1'], toString: '1' });
  expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
});

it('a file leaves its name, and a body full of names is read in one walk', () => {
  const form = new FormData();
  form.set('file', new File(['x'], 'x.txt'));
  form.append('more', 'a');
  form.append('more', new File([], ''));
  expect(formValues(form)).toEqual({ file: '', more: 'a' });

  // Each name looked for among all the others was half an hour of the one thread that everybody shares.
  const names = Array.from({ length: 100_000 }, (_, nth) => [nth.toString(36), ''] as [string, string]);
  let walks = 0;
  const counted = new Proxy(new URLSearchParams(names), {
    get(target, name) {
      if (name === Symbol.iterator || name === 'getAll') walks += 1;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  expect(Object.keys(formValues(counted))).toHaveLength(100_000);
  expect(walks).toBe(1);
});

it('a line ends in one character, as it counted where it was typed', () => {
  expect(formValues(new URLSearchParams({ words: 'one\r\ntwo\r\n' }))).toEqual({ words: 'one\ntwo\n' });
});
