import type { SearchConfig } from '../config.ts';
import type { Queryable } from '../db.ts';
import { meilisearch } from './meilisearch.ts';
import { postgresSearch } from './postgres.ts';
import { withSpare, type Search, type SearchHealth, type SearchWatch } from './with-spare.ts';

export type { Search };

/**
 * The page's budget is what a person waits without noticing; after it PostgreSQL answers. A change waits a little: behind it
 * wait all that come later.
 */
const PATIENCE = { answerMs: 400, changeMs: 3_000 };
const WRITE_TIMEOUT_MS = 10_000;

/** PostgreSQL alone, or Meilisearch with PostgreSQL behind it. The web server only searches, the worker only writes. */
export function openSearch<Shown>(
  db: Queryable,
  config: SearchConfig | null,
  role: 'web' | 'worker',
  watch: SearchWatch,
): Search<Shown> {
  const spare = postgresSearch<Shown>(db);
  if (config === null) return alone(spare, watch);
  const access =
    role === 'web'
      ? { url: config.url, key: config.searchKey, timeoutMs: PATIENCE.answerMs }
      : { url: config.url, key: config.writeKey, timeoutMs: WRITE_TIMEOUT_MS };
  return withSpare(meilisearch<Shown>(access), spare, PATIENCE, watch);
}

function alone<Shown>(
  index: ReturnType<typeof postgresSearch<Shown>>,
  { onAnswer = () => {} }: SearchWatch,
): Search<Shown> {
  const health: SearchHealth = { engine: 'postgresql', failing: false, isLeftAlone: false };
  const find: typeof index.find = async (question) => {
    const startedAt = performance.now();
    const answer = await index.find(question);
    onAnswer('postgresql', performance.now() - startedAt);
    return answer;
  };
  return {
    ...index,
    find,
    forOnePage: () => ({ find }),
    health: () => health,
    mend: () => Promise.resolve(0),
  };
}
