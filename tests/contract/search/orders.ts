import { beforeAll, describe, expect, it } from 'vitest';
import { ORDERS } from '#lib/server/platform/search/port.ts';
import { ask, labels } from './ask.ts';
import {
  batches,
  documentOf,
  isInOrder,
  LEEDS,
  manyDocuments,
  scan,
  type Document,
  type Started,
} from './world.ts';

/** In which order, page by page. */
export function orders(current: () => Started): void {
  describe('orders', () => {
    let documents: Document[];
    beforeAll(async () => {
      documents = manyDocuments(current(), Math.min(1_200, current().practitionerIds.length - 1), 7);
      await current().index.replaceAll(batches(documents));
    });

    for (const order of ORDERS) {
      if (order !== 'nearest')
        it(`is ${order} everywhere`, async () => {
          expect(await labels(current(), { order, limit: 2_000 })).toEqual(scan(documents, { order }));
        });
      it(`is ${order} near a place`, async () => {
        const question = { order, near: { ...LEEDS, withinKm: 70 } };
        const found = await labels(current(), { ...question, limit: 2_000 });
        expect(found.toSorted()).toEqual(scan(documents, question).toSorted());
        expect(isInOrder(documents, found, question)).toBe(true);
      });
    }

    for (const size of [17, 50, 333])
      it(`pages of ${size} show everybody once, to the end`, async () => {
        const seen: string[] = [];
        let total = Infinity;
        for (let offset = 0; offset < total; offset += size) {
          const page = await ask(current(), { order: 'best', offset, limit: size, counts: false });
          total = page.total;
          seen.push(...page.hits.map(({ shown }) => shown.label));
        }
        expect(seen).toEqual(scan(documents, { order: 'best' }));
        expect(await labels(current(), { order: 'best', offset: total, limit: size })).toEqual([]);
      });

    it('is the same when asked again', async () => {
      const once = await labels(current(), { order: 'best', limit: 100 });
      for (let time = 0; time < 3; time++)
        expect(await labels(current(), { order: 'best', limit: 100 })).toEqual(once);
    });

    it('breaks ties by the id, whatever was written first', async () => {
      const started = current();
      const at = Temporal.Instant.from('2026-12-01T09:00Z');
      const same = Array.from({ length: 20 }, (_, who) =>
        documentOf(started, who, { earliestSlotAt: at, shown: { label: started.practitionerIds[who]! } }),
      );
      await started.index.replaceAll(batches(same.toReversed(), 3));
      const ids = started.practitionerIds.slice(0, 20).toSorted();
      for (const order of ['best', 'soonest', 'fee'] as const)
        expect([order, await labels(started, { order })]).toEqual([order, ids]);
    });
  });
}
