import { describe, expect, test } from 'vitest';
import {
  CONCERN_LABELS,
  fromFraction,
  MIDLINE,
  polygonsOf,
  REGION_CODES,
  REGIONS,
  regionAt,
  sideAt,
  softPath,
  toFraction,
  VIEW_BOX,
  type Point,
} from '#lib/ui/face/geometry.ts';

const centre = (polygon: readonly Point[]): Point => [
  polygon.reduce((sum, [x]) => sum + x, 0) / polygon.length,
  polygon.reduce((sum, [, y]) => sum + y, 0) / polygon.length,
];

describe('regions', () => {
  test('each has words, and lies inside the drawing', () => {
    for (const code of REGION_CODES) {
      expect(CONCERN_LABELS[code]).not.toBe('');
      for (const [x, y] of polygonsOf(code).flat()) {
        expect(x).toBeGreaterThan(VIEW_BOX.x);
        expect(x).toBeLessThan(VIEW_BOX.x + VIEW_BOX.width);
        expect(y).toBeGreaterThan(VIEW_BOX.y);
        expect(y).toBeLessThan(VIEW_BOX.y + VIEW_BOX.height);
      }
    }
  });

  test('a place in the middle of a region belongs to it, on both sides', () => {
    for (const code of REGION_CODES) {
      for (const polygon of polygonsOf(code)) expect(regionAt(centre(polygon))).toBe(code);
    }
  });

  test('no corner of one lies inside another', () => {
    for (const code of REGION_CODES) {
      for (const corner of polygonsOf(code).flat()) expect([code, undefined]).toContain(regionAt(corner));
    }
  });

  test('paired ones are written down for the person’s right', () => {
    for (const code of REGION_CODES.filter((each) => REGIONS[each].paired)) {
      const [right, left] = polygonsOf(code);
      expect(sideAt(centre(right ?? []))).toBe('right');
      expect(sideAt(centre(left ?? []))).toBe('left');
    }
  });

  test('the neck keeps clear of the jaw', () => {
    const lowestOfJaw = Math.max(...polygonsOf('jaw').flatMap((polygon) => polygon.map(([, y]) => y)));
    const highestOfNeck = Math.min(
      ...polygonsOf('neck_bands').flatMap((polygon) => polygon.map(([, y]) => y)),
    );
    expect(highestOfNeck - lowestOfJaw).toBeGreaterThan(20);
  });

  test('eyes, mouth and hair belong to none', () => {
    for (const place of [
      [165, 180],
      [235, 180],
      [200, 270],
      [200, 80],
    ] as const) {
      expect(regionAt(place)).toBeUndefined();
    }
  });
});

describe('places', () => {
  test('a fraction and its place on the drawing are the same point', () => {
    for (const place of [
      [40, 10],
      [200, 230],
      [360, 450],
      [146.2, 301.7],
    ] as const) {
      const [x, y] = fromFraction(toFraction(place));
      expect(x).toBeCloseTo(place[0], 1);
      expect(y).toBeCloseTo(place[1], 1);
    }
  });

  test('what lies outside the drawing is brought to its edge', () => {
    expect(toFraction([-500, 9000])).toEqual([0, 1]);
  });

  test('near the midline there are no sides', () => {
    expect(sideAt([MIDLINE, 200])).toBe('midline');
    expect(sideAt([MIDLINE - 20, 200])).toBe('right');
    expect(sideAt([MIDLINE + 20, 200])).toBe('left');
  });
});

test('a soft shape goes through every corner and closes', () => {
  const path = softPath([
    [0, 0],
    [10, 0],
    [10, 10],
  ]);
  expect(path).toMatch(/^M0\.0 0\.0C.*Z$/);
  expect(path.match(/C/g)).toHaveLength(3);
  expect(path).toContain('10.0 10.0');
});
