import type { Operation, Step } from './checker.ts';

/** What a broken calendar would have answered, one thing after the other, to somebody who finds the slot free. */
const FAULTS: Record<string, readonly Step[]> = {
  'one slot is held twice': [
    { do: 'hold', visit: 'a' },
    { do: 'hold', visit: 'b' },
  ],
  'a booking is lost': [
    { do: 'hold', visit: 'a' },
    { do: 'confirm', visit: 'a' },
    { do: 'see', state: 'free' },
  ],
  'a free slot is called taken': [{ do: 'taken' }],
  'a cancellation is lost': [
    { do: 'hold', visit: 'a' },
    { do: 'confirm', visit: 'a' },
    { do: 'leave', visit: 'a' },
    { do: 'see', state: 'booked a' },
  ],
  'a visit that moved away keeps its old time': [
    { do: 'arrive', visit: 'a' },
    { do: 'leave', visit: 'a' },
    { do: 'taken' },
  ],
  'a visit moves onto another': [
    { do: 'hold', visit: 'a' },
    { do: 'confirm', visit: 'a' },
    { do: 'arrive', visit: 'b' },
  ],
  'closed time is booked': [
    { do: 'close', ended: [] },
    { do: 'hold', visit: 'a' },
  ],
  'time is closed over a visit': [
    { do: 'arrive', visit: 'a' },
    { do: 'close', ended: ['b'] },
  ],
  'a hold is confirmed that has run out': [
    { do: 'hold', visit: 'a' },
    { do: 'expire' },
    { do: 'confirm', visit: 'a' },
  ],
  'somebody stands there who never asked': [
    { do: 'hold', visit: 'a' },
    { do: 'leave', visit: 'a' },
    { do: 'see', state: 'booked b' },
  ],
};

/**
 * Bad histories, one of each kind: what really happened on a slot, made free, and then the fault. Some of what follows
 * overlaps with an operation without an answer that explains nothing.
 */
export function badHistories(
  histories: readonly (readonly Operation[])[],
  random: () => number,
): { fault: string; operations: Operation[] }[] {
  return Object.entries(FAULTS).map(([fault, steps]) => {
    const good = histories[Math.floor(random() * histories.length)] ?? [];
    let now = Math.max(0, ...good.map(({ returned }) => returned)) + 1;
    const next = (step: Step, unknown = false): Operation => ({
      step,
      invoked: (now += 1),
      returned: (now += 1 + random()),
      unknown,
    });
    // Whatever it was, everybody has left before.
    const cleared: Operation[] = [
      next({ do: 'expire' }),
      next({ do: 'close', ended: visitsIn(good) }),
      next({ do: 'open' }),
    ];
    const stray: Operation = { ...next({ do: 'confirm', visit: 'nobody' }, true), returned: now + 100 };
    const broken = steps.map((step) => next(step));
    return { fault, operations: [...good, ...cleared, stray, ...broken] };
  });
}

function visitsIn(operations: readonly Operation[]): string[] {
  return operations.flatMap(({ step }) => ('visit' in step ? [step.visit] : []));
}
