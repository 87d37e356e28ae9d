import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../harness/random.ts';
import { badHistories } from './bad.ts';
import { findIllegal, type Operation, type Step } from './checker.ts';

const at = (invoked: number, returned: number, step: Step, unknown = false): Operation => ({
  step,
  invoked,
  returned,
  unknown,
});

/** A slot that does everything one after the other, seen by clients who wait before and after. */
function legalHistory(random: () => number, length: number): Operation[] {
  const operations: Operation[] = [];
  let state = { what: 'free', visit: '' };
  for (let moment = 0; moment < length; moment++) {
    const visit = `v${moment}`;
    const { step, next } = pick(random, state, visit);
    const happens = random() < 0.8;
    // What is never answered may not have happened.
    if (happens || step.do === 'expire') state = next;
    operations.push({
      step,
      invoked: moment - random() * 3,
      returned: moment + random() * 3,
      unknown: !happens,
    });
  }
  return operations;
}

function pick(random: () => number, state: { what: string; visit: string }, visit: string) {
  const free = { what: 'free', visit: '' };
  const options: Record<string, { step: Step; next: typeof state }[]> = {
    free: [
      { step: { do: 'hold', visit }, next: { what: 'held', visit } },
      { step: { do: 'arrive', visit }, next: { what: 'booked', visit } },
      { step: { do: 'close', ended: [] }, next: { what: 'closed', visit: '' } },
    ],
    held: [
      { step: { do: 'confirm', visit: state.visit }, next: { ...state, what: 'booked' } },
      { step: { do: 'leave', visit: state.visit }, next: free },
      { step: { do: 'expire' }, next: free },
      { step: { do: 'taken' }, next: state },
    ],
    booked: [
      { step: { do: 'leave', visit: state.visit }, next: free },
      { step: { do: 'taken' }, next: state },
      { step: { do: 'close', ended: [state.visit] }, next: { what: 'closed', visit: '' } },
    ],
    closed: [
      { step: { do: 'open' }, next: free },
      { step: { do: 'shut' }, next: state },
    ],
  };
  const possible = options[state.what]!;
  return possible[Math.floor(random() * possible.length)]!;
}

describe('the checker of histories', () => {
  it('accepts what a real slot did, however its clients were delayed', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 60 }), (seed, length) => {
        expect(findIllegal(legalHistory(randomFrom(seed), length))).toBeNull();
      }),
      { numRuns: 300 },
    );
  });

  it('rejects ten of ten bad histories, whatever came before', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = randomFrom(seed);
      const bad = badHistories([[], legalHistory(random, 30), legalHistory(random, 30)], random);
      const accepted = bad.filter(({ operations }) => findIllegal(operations) === null);
      expect([bad.length, accepted.map(({ fault }) => fault)]).toEqual([10, []]);
    }
  });

  it('takes an operation without an answer as done, or as not done', () => {
    const lost = at(1, 9, { do: 'hold', visit: '?1' }, true);
    expect(findIllegal([lost, at(2, 3, { do: 'taken' })])).toBeNull();
    expect(findIllegal([lost, at(2, 3, { do: 'hold', visit: 'b' })])).toBeNull();
    expect(findIllegal([lost, at(10, 11, { do: 'see', state: 'held ?' })])).toBeNull();
    const [first, second] = [at(2, 3, { do: 'taken' }), at(4, 5, { do: 'hold', visit: 'b' })];
    expect(findIllegal([lost, first, second])).toBe(second);
  });

  it('lets nothing happen before it is asked for', () => {
    const early = at(1, 2, { do: 'taken' });
    expect(findIllegal([early, at(3, 4, { do: 'hold', visit: 'a' })])).toBe(early);
    expect(findIllegal([early, at(2, 4, { do: 'hold', visit: 'a' })])).toBeNull();
  });
});
