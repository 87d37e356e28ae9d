import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { SearchHealth, SearchWatch } from './search/with-spare.ts';

/** What is told of the index at the moment somebody asks. */
export interface SearchState {
  health: SearchHealth;
  /** Documents held, and practitioners whose documents have to be made anew, the first of them for so many seconds. */
  documents: number;
  stale: number;
  staleSeconds: number;
}

/** The numbers of this process, for a monitoring system. */
export interface Metrics {
  /** Hears of every search. */
  watch: Required<SearchWatch>;
  /** Everything as text, as Prometheus reads it. */
  text(state: SearchState): Promise<string>;
}

const SECONDS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6];

/** Empty numbers; each application counts its own. */
export function openMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const answers = new Counter({
    name: 'steadyhand_search_answers_total',
    help: 'Searches, by the engine that was asked and whether it answered.',
    labelNames: ['engine', 'outcome'],
    registers,
  });
  const duration = new Histogram({
    name: 'steadyhand_search_duration_seconds',
    help: 'How long a search took, with the time lost on an engine that did not answer.',
    labelNames: ['engine'],
    buckets: SECONDS,
    registers,
  });
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const failing = gauge('steadyhand_search_server_failing', '1 while the search server fails.');
  const breaker = gauge(
    'steadyhand_search_breaker_open',
    '1 while the search server is left alone after failures.',
  );
  const documents = gauge('steadyhand_search_documents', 'Documents in our own index.');
  const stale = gauge('steadyhand_search_stale', 'Practitioners whose documents have to be made anew.');
  const lag = gauge('steadyhand_search_lag_seconds', 'How long the first of them has waited.');

  return {
    watch: {
      onFailure: () => answers.inc({ engine: 'meilisearch', outcome: 'failed' }),
      onAnswer(engine, milliseconds) {
        answers.inc({ engine, outcome: 'answered' });
        duration.observe({ engine }, milliseconds / 1000);
      },
    },
    text(state) {
      failing.set(Number(state.health.failing));
      breaker.set(Number(state.health.isLeftAlone));
      documents.set(state.documents);
      stale.set(state.stale);
      lag.set(state.staleSeconds);
      return registry.metrics();
    },
  };
}
