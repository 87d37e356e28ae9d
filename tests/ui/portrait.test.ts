import { expect, test } from 'vitest';
import { portraitOf } from '#lib/ui/face/portrait.ts';
import { portraitSvg } from '#lib/ui/face/portrait-svg.ts';

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

test('it is a drawing of its own, with nothing to run and nothing to fetch', () => {
  const drawings = Array.from({ length: 200 }, (_, n) => portraitSvg(String(n)));
  expect(new Set(drawings).size).toBeGreaterThan(190);
  for (const svg of drawings) {
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox=/);
    expect(svg).not.toMatch(/undefined|NaN|<script|href|url\(|\son\w+=/);
  }
});
