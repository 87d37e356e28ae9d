import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleAll,
  isBrokenCircuitError,
} from 'cockatiel';
import type { SearchAnswer, SearchIndex, SearchQuestion } from './port.ts';

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
  /** The same for all questions of one page: together they wait for the first engine no longer than one question may. */
  forOnePage(): Pick<SearchIndex<Shown>, 'find'>;
  health(): SearchHealth;
  /**
   * Runs what makes the first engine hold the same as the spare. From its beginning on changes are written to both again,
   * if the first engine answers at all; where there is none there is nothing to do. Throws when the first engine fails.
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

/** How long the first engine is waited for: with an answer, and with a change. */
export interface Patience {
  answerMs: number;
  changeMs: number;
}

/**
 * One index that is asked, and a spare that answers whenever the first does not: slow, down, without its index, with a wrong
 * key. After three failures in a row it is left alone for five seconds, and then tried with one question, which nobody else
 * waits for. Both are written, the spare first, for it lies in our own database; once the first has missed something it is
 * written again when mended.
 */
export function withSpare<Shown>(
  first: SearchIndex<Shown>,
  spare: SearchIndex<Shown>,
  patience: Patience,
  { onFailure, onAnswer = () => {} }: SearchWatch,
): Search<Shown> {
  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: TRY_AGAIN_AFTER_MS,
    breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW),
  });
  let failing = false;
  let hasMissed = false;

  async function ask(question: SearchQuestion, waitMs: number): Promise<SearchAnswer<Shown>> {
    if (breaker.state === CircuitState.HalfOpen || waitMs <= 0) throw new BrokenCircuitError();
    return breaker.execute(() => within(waitMs, first.find(question)));
  }

  function forOnePage(): Pick<SearchIndex<Shown>, 'find'> {
    let waitMs = patience.answerMs;
    return {
      async find(question) {
        const startedAt = performance.now();
        const waited = () => performance.now() - startedAt;
        try {
          const answer = await ask(question, waitMs);
          failing = false;
          onAnswer('meilisearch', waited());
          return answer;
        } catch (error) {
          if (!isBrokenCircuitError(error)) {
            failing = true;
            onFailure(error);
          }
        } finally {
          waitMs -= waited();
        }
        const answer = await spare.find(question);
        onAnswer('postgresql', waited());
        return answer;
      },
    };
  }

  return {
    forOnePage,
    find: (question) => forOnePage().find(question),

    async put(practitionerIds, documents) {
      await spare.put(practitionerIds, documents);
      if (hasMissed) return;
      try {
        await within(patience.changeMs, first.put(practitionerIds, documents));
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
      try {
        // As long as it does not answer, every change would wait for it in vain.
        await first.holdings()[Symbol.asyncIterator]().next();
        hasMissed = false;
        return await work(spare, first);
      } catch (error) {
        hasMissed = true;
        throw error;
      }
    },
  };
}

/** Fails when it takes longer; what is under way may still come to its end, unheard. */
async function within<Answer>(milliseconds: number, answer: Promise<Answer>): Promise<Answer> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error(`no answer within ${Math.round(milliseconds)} ms`));
  }, milliseconds);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
