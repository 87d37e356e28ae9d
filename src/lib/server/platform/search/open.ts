import type { SearchConfig } from '../config.ts';
import type { Queryable } from '../db.ts';
import { meilisearch } from './meilisearch.ts';
import type { SearchIndex } from './port.ts';
import { postgresSearch } from './postgres.ts';
import { withSpare, type SearchHealth } from './with-spare.ts';

/** The page's budget is what a person waits without noticing; after it PostgreSQL answers. */
const SEARCH_TIMEOUT_MS = 400;
const WRITE_TIMEOUT_MS = 30_000;

/** The index in use, with what the operator asks of it. */
export interface Search<Shown> extends SearchIndex<Shown> {
  health(): SearchHealth;
}

/** PostgreSQL alone, or Meilisearch with PostgreSQL behind it. The web server only searches, the worker only writes. */
export function openSearch<Shown>(
  db: Queryable,
  config: SearchConfig | null,
  role: 'web' | 'worker',
  onFailure: (error: unknown) => void,
): Search<Shown> {
  const spare = postgresSearch<Shown>(db);
  if (config === null) {
    const health: SearchHealth = { engine: 'postgresql', failing: false };
    return { ...spare, health: () => health };
  }
  const access =
    role === 'web'
      ? { url: config.url, key: config.searchKey, timeoutMs: SEARCH_TIMEOUT_MS }
      : { url: config.url, key: config.writeKey, timeoutMs: WRITE_TIMEOUT_MS };
  return withSpare(meilisearch<Shown>(access), spare, onFailure);
}
