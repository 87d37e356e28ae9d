import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleAll, isBrokenCircuitError } from 'cockatiel';
import type { SearchIndex } from './port.ts';

const FAILURES_IN_A_ROW = 3;
const TRY_AGAIN_AFTER_MS = 5_000;

/** What the operator hears of the first engine. */
export interface SearchHealth {
  engine: 'meilisearch' | 'postgresql';
  /** The first engine did not answer last time. Why is in the log: anybody may read this. */
  failing: boolean;
  /** It is not asked for some seconds. */
  isLeftAlone: boolean;
}

/** An index that stands on two engines. */
export interface Search<Shown> extends SearchIndex<Shown> {
  health(): SearchHealth;
  /**
   * Runs what makes the first engine hold the same as the spare. From its beginning on changes are written to both again;
   * where there is no first engine there is nothing to do. Throws when the first engine fails.
   */
  mend(work: (own: SearchIndex<Shown>, server: SearchIndex<Shown>) => Promise<number>): Promise<number>;
}

/** Who hears of what happens between the two engines. */
export interface SearchWatch {
  /** The first engine did not do what was asked of it. */
  onFailure(error: unknown): void;
  /** A question was answered, by which engine, in how many milliseconds. */
  onAnswer?(engine: SearchHealth['engine'], milliseconds: number): void;
}

/**
 * One index that is asked, and a spare that answers whenever the first does not: slow, down, without its index, with a wrong
 * key. After three failures in a row it is left alone for five seconds, and then tried with one question. Both are written,
 * the spare first, for it lies in our own database; once the first has missed something it is written again when mended.
 */
export function withSpare<Shown>(
  first: SearchIndex<Shown>,
  spare: SearchIndex<Shown>,
  { onFailure, onAnswer = () => {} }: SearchWatch,
): Search<Shown> {
  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: TRY_AGAIN_AFTER_MS,
    breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW),
  });
  let failing = false;
  let hasMissed = false;

  return {
    async find(question) {
      const startedAt = performance.now();
      try {
        const answer = await breaker.execute(() => first.find(question));
        failing = false;
        onAnswer('meilisearch', performance.now() - startedAt);
        return answer;
      } catch (error) {
        if (!isBrokenCircuitError(error)) {
          failing = true;
          onFailure(error);
        }
        const answer = await spare.find(question);
        onAnswer('postgresql', performance.now() - startedAt);
        return answer;
      }
    },

    async put(practitionerIds, documents) {
      await spare.put(practitionerIds, documents);
      if (hasMissed) return;
      try {
        await first.put(practitionerIds, documents);
      } catch (error) {
        hasMissed = true;
        onFailure(error);
      }
    },

    async replaceAll(batches) {
      await spare.replaceAll(batches);
      await first.replaceAll(batches);
    },

    holdings: () => spare.holdings(),

    health: () => ({
      engine: failing ? 'postgresql' : 'meilisearch',
      failing: failing || hasMissed,
      isLeftAlone: breaker.state === CircuitState.Open,
    }),

    async mend(work) {
      hasMissed = false;
      try {
        return await work(spare, first);
      } catch (error) {
        hasMissed = true;
        throw error;
      }
    },
  };
}
