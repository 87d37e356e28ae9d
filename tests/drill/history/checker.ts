/**
 * What one slot is: `free`, `closed`, `held V` or `booked V` by a visit V. A visit whose client was never told its id
 * is called `?` and a number.
 */
export type SlotState = string;

/** What an operation means for one slot, as its answer says. */
export type Step =
  | { do: 'hold' | 'confirm' | 'leave' | 'arrive'; visit: string }
  /** A hold given up. When it has run out already, that changes nothing. */
  | { do: 'let go'; visit: string }
  /** Refused, because somebody has it. */
  | { do: 'taken' }
  /** Refused, because it is not on offer. */
  | { do: 'shut' }
  /** Refused, because the visit is no longer there. */
  | { do: 'gone'; visit: string }
  /** Closed, and these visits cancelled. */
  | { do: 'close'; ended: readonly string[] }
  | { do: 'open' }
  /** All holds have run out. */
  | { do: 'expire' }
  | { do: 'see'; state: SlotState };

/** One step with the time in which it happened: between the question and the answer. */
export interface Operation {
  step: Step;
  invoked: number;
  returned: number;
  /** No answer came. It happened in that time, or never. */
  unknown?: boolean;
}

/**
 * Looks for an order of these operations on one slot in which each was possible, and none came before it was asked for
 * or after it was answered (linearizability; after Wing and Gong, with Lowe's sets of configurations). Answers the first
 * operation that no order explains, or null when there is one for all.
 */
export function findIllegal(operations: readonly Operation[]): Operation | null {
  let possible = new Map<string, Configuration>();
  remember(possible, { state: 'free', done: new Set() });
  const open = new Set<Operation>();
  for (const { operation, isReturn } of inTime(operations)) {
    if (!isReturn) {
      open.add(operation);
      continue;
    }
    const reached = withAllOrders(possible, open);
    open.delete(operation);
    possible = new Map();
    for (const { state, done } of reached.values()) {
      if (!done.has(operation) && !operation.unknown) continue;
      remember(possible, { state, done: new Set([...done].filter((other) => other !== operation)) });
    }
    if (possible.size === 0) return operation;
  }
  return null;
}

/** One way in which it may have come so far: what the slot is now, and which of the open operations have happened. */
interface Configuration {
  state: SlotState;
  done: ReadonlySet<Operation>;
}

const numbers = new WeakMap<Operation, number>();
let numbered = 0;
function numberOf(operation: Operation): number {
  const number = numbers.get(operation) ?? numbered++;
  numbers.set(operation, number);
  return number;
}

function remember(configurations: Map<string, Configuration>, configuration: Configuration): boolean {
  const done = [...configuration.done].map(numberOf).sort((a, b) => a - b);
  const key = `${configuration.state}|${done.join()}`;
  if (configurations.has(key)) return false;
  configurations.set(key, configuration);
  return true;
}

/** Every configuration that open operations can lead to, in any order. */
function withAllOrders(from: Map<string, Configuration>, open: ReadonlySet<Operation>) {
  const reached = new Map(from);
  const ahead = [...from.values()];
  for (let here = ahead.pop(); here !== undefined; here = ahead.pop()) {
    for (const operation of open) {
      if (here.done.has(operation)) continue;
      const state = after(here.state, operation.step);
      if (state === null) continue;
      const next = { state, done: new Set([...here.done, operation]) };
      if (remember(reached, next)) ahead.push(next);
    }
  }
  return reached;
}

function inTime(operations: readonly Operation[]) {
  const moments = operations.flatMap((operation) => [
    { operation, isReturn: false, at: operation.invoked },
    { operation, isReturn: true, at: operation.returned },
  ]);
  // At the same moment both were going on.
  return moments.sort((a, b) => a.at - b.at || Number(a.isReturn) - Number(b.isReturn));
}

/** The slot after this step, or null when the step is impossible in this state. */
function after(state: SlotState, step: Step): SlotState | null {
  const [what, visit] = state.split(' ');
  const isTaken = what === 'held' || what === 'booked';
  switch (step.do) {
    case 'hold':
      return what === 'free' ? `held ${step.visit}` : null;
    case 'arrive':
      return what === 'free' ? `booked ${step.visit}` : null;
    case 'confirm':
      return state === `held ${step.visit}` ? `booked ${step.visit}` : null;
    case 'leave':
      return isTaken && visit === step.visit ? 'free' : null;
    case 'let go':
      return state === `held ${step.visit}` ? 'free' : isTaken ? null : state;
    case 'taken':
      return isTaken ? state : null;
    case 'shut':
      return what === 'closed' ? state : null;
    case 'gone':
      return visit === step.visit ? null : state;
    case 'close':
      return what === 'closed' || (what === 'booked' && !step.ended.includes(visit!)) ? null : 'closed';
    case 'open':
      return what === 'closed' ? 'free' : null;
    case 'expire':
      return what === 'held' ? 'free' : state;
    case 'see':
      return state === step.state || (step.state === 'held ?' && state.startsWith('held ?')) ? state : null;
  }
}
