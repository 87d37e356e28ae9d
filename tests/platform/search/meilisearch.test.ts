import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { meilisearch } from '#lib/server/platform/search/meilisearch.ts';
import { searchContract } from '../../contract/search/index.ts';
import { afterFile } from '../../harness/after.ts';
import { hasMeilisearch, startMeilisearch } from '../../harness/meilisearch.ts';

// Without a server the whole contract is skipped, and counted as skipped.
describe.skipIf(!hasMeilisearch())('with a real server', () => {
  searchContract('Meilisearch', async () => {
    const server = await startMeilisearch();
    afterFile(server.stop);
    const access = { ...server, timeoutMs: 10_000 };
    const ids = () => Array.from({ length: 1_201 }, () => randomUUID()).sort();
    return {
      index: meilisearch(access),
      practitionerIds: ids(),
      locationIds: ids(),
      beginnings: 'of the last word',
      slips: 'always',
      counted: 'one place',
    };
  });
});
