import { expect, it } from 'vitest';
import { namesNoAction } from '#lib/server/http/action-name.ts';

it.each(['default', 'constructor', 'toString', '__proto__', 'hasOwnProperty'])(
  'no page has an action %s',
  (name) => {
    expect(namesNoAction(new URL(`http://here.test/account/sign-in?/${name}`))).toBe(true);
    expect(namesNoAction(new URL(`http://here.test/account/sign-in?next=a&/${name}=1`))).toBe(true);
  },
);

it.each(['', '?/save', '?next=default', '?constructor=1', '?next=/default'])('“%s” may go on', (query) => {
  expect(namesNoAction(new URL(`http://here.test/account/sign-in${query}`))).toBe(false);
});
