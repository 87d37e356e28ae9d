import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { meilisearch } from '#lib/server/platform/search/meilisearch.ts';
import { searchContract } from '../../contract/search/index.ts';
import { batches, manyDocuments, type Shown } from '../../contract/search/world.ts';
import { afterFile } from '../../harness/after.ts';
import { hasMeilisearch, startMeilisearch } from '../../harness/meilisearch.ts';

const KIND = { beginnings: 'of the last word', slips: 'always', counted: 'one place' } as const;

// Without a server the whole contract is skipped, and counted as skipped.
describe.skipIf(!hasMeilisearch())('with a real server', () => {
  searchContract('Meilisearch', async () => {
    const server = await startMeilisearch();
    afterFile(server.stop);
    const access = { ...server, timeoutMs: 10_000 };
    const ids = () => Array.from({ length: 1_201 }, () => randomUUID()).sort();
    return { ...KIND, index: meilisearch(access), practitionerIds: ids(), locationIds: ids() };
  });

  it('counts a share of many, and finds the same people in the same order', async () => {
    const server = await startMeilisearch();
    afterFile(server.stop);
    const access = { ...server, timeoutMs: 10_000 };
    const ids = Array.from({ length: 3_000 }, () => randomUUID()).sort();
    const exact = meilisearch<Shown>(access);
    const shared = meilisearch<Shown>(access, 500);
    await exact.replaceAll(
      batches(manyDocuments({ ...KIND, index: exact, practitionerIds: ids, locationIds: ids }, 2_999, 7)),
    );
    for (const asked of [{}, { professions: ['doctor'] }, { words: 'person' }]) {
      const question = { order: 'best', offset: 0, limit: 10, ...asked } as const;
      const [one, other] = [await exact.find(question), await shared.find(question)];
      expect(other.hits).toEqual(one.hits);
      expect(one.total).toBeGreaterThan(600);
      expect(Math.abs(other.total - one.total) / one.total).toBeLessThan(0.3);
      const largest = Object.entries(one.counts.language).toSorted(([, a], [, b]) => b - a)[0]!;
      expect(Math.abs((other.counts.language[largest[0]] ?? 0) - largest[1]) / largest[1]).toBeLessThan(0.35);
    }
  });
});
