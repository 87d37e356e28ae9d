import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  FACETS,
  type FacetCounts,
  type SearchAnswer,
  type SearchIndex,
} from '#lib/server/platform/search/port.ts';
import { withSpare } from '#lib/server/platform/search/with-spare.ts';

const question = { order: 'soonest', offset: 0, limit: 10 } as const;

const none = (async function* () {})();

/** An index that answers with its own name, or fails as it is told to. */
function engine(name: string) {
  const state = { broken: false, asked: 0, written: [] as string[] };
  const counts = Object.fromEntries(FACETS.map((facet) => [facet, {}])) as FacetCounts;
  const index: SearchIndex<string> = {
    find: () => {
      state.asked++;
      if (state.broken) return Promise.reject(new Error(`${name} is down`));
      const hit = { practitionerId: '', locationId: '', distanceKm: null, shown: name };
      return Promise.resolve<SearchAnswer<string>>({ hits: [hit], total: 1, counts });
    },
    put: () =>
      state.broken
        ? Promise.reject(new Error(`${name} is down`))
        : Promise.resolve(void state.written.push('put')),
    replaceAll: () => Promise.resolve(void state.written.push('replaceAll')),
    holdings: () => none,
  };
  return { index, state };
}

describe('a search index with a spare', () => {
  const open = () => {
    const [first, spare] = [engine('first'), engine('spare')];
    const failures: unknown[] = [];
    const both = withSpare(first.index, spare.index, { onFailure: (error) => failures.push(error) });
    const answeredBy = async () => (await both.find(question)).hits[0]!.shown;
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
    await expect(both.mend(() => Promise.reject(new Error('still down')))).rejects.toThrow('still down');
    expect(both.health().failing).toBe(true);
    first.state.broken = false;
    expect(await both.mend(() => both.put([], []).then(() => 7))).toBe(7);
    expect(first.state.written).toEqual(['put']);
    expect(both.health().failing).toBe(false);
  });
});
