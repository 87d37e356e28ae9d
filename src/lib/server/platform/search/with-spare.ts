import { circuitBreaker, ConsecutiveBreaker, handleAll, isBrokenCircuitError } from 'cockatiel';
import type { SearchIndex } from './port.ts';

const FAILURES_IN_A_ROW = 3;
const TRY_AGAIN_AFTER_MS = 5_000;

/** What the operator hears of the first engine. */
export interface SearchHealth {
  engine: 'meilisearch' | 'postgresql';
  /** The first engine did not answer last time. Why is in the log: anybody may read this. */
  failing: boolean;
}

/**
 * One index that is asked, and a spare that answers whenever the first does not: slow, down, without its index, with a wrong
 * key. After three failures in a row it is left alone for five seconds, and then tried with one question. Both are written.
 */
export function withSpare<Shown>(
  first: SearchIndex<Shown>,
  spare: SearchIndex<Shown>,
  onFailure: (error: unknown) => void,
): SearchIndex<Shown> & { health(): SearchHealth } {
  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: TRY_AGAIN_AFTER_MS,
    breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW),
  });
  let failing = false;

  return {
    async find(question) {
      try {
        const answer = await breaker.execute(() => first.find(question));
        failing = false;
        return answer;
      } catch (error) {
        if (!isBrokenCircuitError(error)) {
          failing = true;
          onFailure(error);
        }
        return spare.find(question);
      }
    },

    // The spare first: it is in our own database, and a job that fails after it is run again.
    async put(practitionerIds, documents) {
      await spare.put(practitionerIds, documents);
      await first.put(practitionerIds, documents);
    },

    async replaceAll(documents) {
      await spare.replaceAll(documents);
      await first.replaceAll(documents);
    },

    health: () => ({ engine: failing ? 'postgresql' : 'meilisearch', failing }),
  };
}
