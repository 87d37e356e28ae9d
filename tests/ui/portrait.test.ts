import { expect, test } from 'vitest';
import { portraitOf } from '#lib/ui/face/portrait.ts';

test('the same seed is the same face', () => {
  expect(portraitOf('ada-osei')).toEqual(portraitOf('ada-osei'));
});

test('many seeds are many faces', () => {
  const faces = Array.from({ length: 200 }, (_, n) => JSON.stringify(portraitOf(`person-${n}`)));
  expect(new Set(faces).size).toBeGreaterThan(180);
});

test('every face is whole, and no head is odd', () => {
  for (let n = 0; n < 500; n++) {
    const { width, tone, depth, smile, collar } = portraitOf(String(n));
    expect(width).toBeGreaterThanOrEqual(0.94);
    expect(width).toBeLessThanOrEqual(1.02);
    expect([tone, depth]).toEqual([tone & 3, depth & 3]);
    expect(smile && collar).toMatch(/^M/);
  }
});
