import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  FACETS,
  type FacetCounts,
  type SearchAnswer,
  type SearchIndex,
} from '#lib/server/platform/search/port.ts';
import { withSpare } from '#lib/server/platform/search/with-spare.ts';

const PATIENCE = { answerMs: 400, changeMs: 3_000 };
const question = { order: 'soonest', offset: 0, limit: 10 } as const;

const none = (async function* () {})();

/** An index that answers with its own name, or fails as it is told to. */
function engine(name: string) {
  const state = { broken: false, answersAfterMs: 0, asked: 0, written: [] as string[] };
  const counts = Object.fromEntries(FACETS.map((facet) => [facet, {}])) as FacetCounts;
  const index: SearchIndex<string> = {
    find: async () => {
      state.asked++;
      if (state.answersAfterMs > 0) await new Promise((done) => setTimeout(done, state.answersAfterMs));
      if (state.broken) return Promise.reject(new Error(`${name} is down`));
      const hit = { practitionerId: '', locationId: '', distanceKm: null, shown: name };
      return Promise.resolve<SearchAnswer<string>>({ hits: [hit], total: 1, counts });
    },
    put: async () => {
      if (state.answersAfterMs > 0) await new Promise((done) => setTimeout(done, state.answersAfterMs));
      if (state.broken) throw new Error(`${name} is down`);
      state.written.push('put');
    },
    replaceAll: () => Promise.resolve(void state.written.push('replaceAll')),
    holdings: async function* () {
      if (state.broken) throw new Error(`${name} is down`);
      yield* none;
    },
  };
  return { index, state };
}

describe('a search index with a spare', () => {
  const open = () => {
    const [first, spare] = [engine('first'), engine('spare')];
    const failures: unknown[] = [];
    const both = withSpare(first.index, spare.index, PATIENCE, {
      onFailure: (error) => failures.push(error),
    });
    const answeredBy = async (index: Pick<typeof both, 'find'> = both) =>
      (await index.find(question)).hits[0]!.shown;
    return { first, spare, both, failures, answeredBy };
  };
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('asks the first, and the spare for whatever the first cannot answer', async () => {
    const { first, both, failures, answeredBy } = open();
    expect(await answeredBy()).toBe('first');
    first.state.broken = true;
    expect(await answeredBy()).toBe('spare');
    // Why is for the log; who asks after our health is not told.
    expect(failures).toEqual([new Error('first is down')]);
    expect(both.health()).toEqual({ engine: 'postgresql', failing: true, isLeftAlone: false });
  });

  it('leaves the first alone after three failures, tries it again after five seconds, and goes back to it by itself', async () => {
    const { first, both, answeredBy } = open();
    first.state.broken = true;
    for (let asked = 0; asked < 10; asked++) expect(await answeredBy()).toBe('spare');
    expect(first.state.asked).toBe(3);
    first.state.broken = false;
    expect(await answeredBy()).toBe('spare');
    vi.advanceTimersByTime(5_001);
    expect(await answeredBy()).toBe('first');
    expect(both.health().failing).toBe(false);
  });

  it('writes both, the spare first', async () => {
    const { first, spare, both } = open();
    await both.put([], []);
    await both.replaceAll(none);
    expect([spare.state.written, first.state.written]).toEqual([
      ['put', 'replaceAll'],
      ['put', 'replaceAll'],
    ]);
  });

  it('goes on writing the spare while the first is away, and the first again from the beginning of its mending', async () => {
    const { first, spare, both, failures } = open();
    first.state.broken = true;
    for (let time = 0; time < 3; time++) await both.put([], []);
    expect(spare.state.written).toHaveLength(3);
    // It was asked once: what it misses is found when it is mended.
    expect(failures).toHaveLength(1);
    expect(both.health().failing).toBe(true);
    first.state.broken = false;
    await expect(both.mend(() => Promise.reject(new Error('down again')))).rejects.toThrow('down again');
    expect(both.health().failing).toBe(true);
    expect(await both.mend(() => both.put([], []).then(() => 7))).toBe(7);
    expect(first.state.written).toEqual(['put']);
    expect(both.health().failing).toBe(false);
  });

  it('waits for the first no longer than it has patience, over all questions of a page', async () => {
    const { first, both, answeredBy } = open();
    first.state.answersAfterMs = 10_000;
    const startedAt = performance.now();
    const asked = answeredBy();
    await vi.advanceTimersByTimeAsync(400);
    expect(await asked).toBe('spare');
    expect(performance.now() - startedAt).toBe(400);

    // Slow, and never too slow: the third question of the page finds its patience at an end.
    first.state.answersAfterMs = 390;
    const page = both.forOnePage();
    const answers = [];
    for (let question = 0; question < 3; question++) {
      const answer = answeredBy(page);
      await vi.advanceTimersByTimeAsync(390);
      answers.push(await answer);
    }
    expect(answers).toEqual(['first', 'spare', 'spare']);
    const next = answeredBy(both.forOnePage());
    await vi.advanceTimersByTimeAsync(390);
    expect(await next).toBe('first');
  });

  it('lets one question try the first again, and nobody wait for that', async () => {
    const { first, both, answeredBy } = open();
    first.state.broken = true;
    for (let asked = 0; asked < 3; asked++) await answeredBy();
    expect(both.health().isLeftAlone).toBe(true);
    Object.assign(first.state, { broken: false, answersAfterMs: 300, asked: 0 });
    vi.advanceTimersByTime(5_001);
    const trying = answeredBy();
    expect(await Promise.all([answeredBy(), answeredBy()])).toEqual(['spare', 'spare']);
    await vi.advanceTimersByTimeAsync(300);
    expect(await trying).toBe('first');
    expect(first.state.asked).toBe(1);
  });

  it('does not let changes wait behind one that the first does not take', async () => {
    const { first, spare, both, failures } = open();
    first.state.answersAfterMs = 60_000;
    const change = both.put([], []);
    await vi.advanceTimersByTimeAsync(3_000);
    await change;
    await both.put([], []);
    expect(spare.state.written).toEqual(['put', 'put']);
    expect(failures).toHaveLength(1);
  });

  it('writes nothing to the first before it answers again', async () => {
    const { first, both } = open();
    first.state.broken = true;
    await both.put([], []);
    let isWorking = false;
    const mending = both.mend(() => Promise.resolve(Number((isWorking = true))));
    await expect(mending).rejects.toThrow('first is down');
    expect(isWorking).toBe(false);
  });
});
