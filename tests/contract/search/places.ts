import { beforeAll, describe, expect, it } from 'vitest';
import { ask } from './ask.ts';
import { batches, distanceKm, documentOf, LEEDS, type Started } from './world.ts';

const MANCHESTER = { latitude: 53.48, longitude: -2.24 };
/** From next door to the other side of the Earth. */
const WHERE = [
  { latitude: 53.801, longitude: -1.551 },
  { latitude: 53.85, longitude: -1.4 },
  MANCHESTER,
  { latitude: 51.507, longitude: -0.128 },
  { latitude: 60.15, longitude: -1.15 },
  { latitude: 29.76, longitude: -95.37 },
  { latitude: -27.47, longitude: 153.03 },
];

/** Distances against the great circle. */
export function places(current: () => Started): void {
  describe('places', () => {
    beforeAll(async () => {
      const started = current();
      await started.index.replaceAll(
        batches(
          WHERE.map((where, who) => documentOf(started, who, { ...where, shown: { label: `${who}` } })),
        ),
      );
    });
    const near = (withinKm: number, from = LEEDS) => ({
      near: { ...from, withinKm },
      order: 'nearest' as const,
    });

    it('says how far each is, to half a per cent', async () => {
      const { hits } = await ask(current(), near(20_100));
      expect(hits.map(({ shown }) => Number(shown.label))).toEqual([0, 1, 2, 3, 4, 5, 6]);
      for (const { shown, distanceKm: said } of hits) {
        const truth = distanceKm(LEEDS, WHERE[Number(shown.label)]!);
        expect(Math.abs(said! - truth)).toBeLessThanOrEqual(Math.max(0.002, truth * 0.005));
      }
    });

    for (const who of [1, 2, 3, 4])
      it(`draws the circle between ${who} a little inside and a little outside`, async () => {
        const truth = distanceKm(LEEDS, WHERE[who]!);
        expect((await ask(current(), near(truth * 1.006))).total).toBe(who + 1);
        expect((await ask(current(), near(truth * 0.994))).total).toBe(who);
      });

    it('says no distance where no place was asked for', async () => {
      const { hits } = await ask(current());
      expect(hits.map(({ distanceKm: said }) => said)).toEqual(WHERE.map(() => null));
    });

    it('works far in the north and from the other half of the world', async () => {
      expect((await ask(current(), near(20, { latitude: 60.1, longitude: -1.2 }))).total).toBe(1);
      expect((await ask(current(), near(30, { latitude: -27.4, longitude: 153.1 }))).total).toBe(1);
    });

    it('shows the nearest place of a person, or the soonest, as the order says', async () => {
      const started = current();
      const far = { ...MANCHESTER, shown: { label: 'far and soon' } };
      const close = {
        earliestSlotAt: Temporal.Instant.from('2026-12-09T09:00Z'),
        shown: { label: 'near and late' },
      };
      await started.index.replaceAll(
        batches([documentOf(started, 0, far, 0), documentOf(started, 0, close, 1), documentOf(started, 2)]),
      );
      const order = async (asked: 'nearest' | 'soonest' | 'best') =>
        (await ask(started, { ...near(100), order: asked })).hits.map(({ shown }) => shown.label);
      expect(await order('nearest')).toEqual(expect.arrayContaining(['near and late']));
      expect((await order('soonest'))[0]).toBe('far and soon');
      expect((await order('best'))[0]).toBe('2');
      expect((await ask(started, near(10))).total).toBe(2);
    });
  });
}
