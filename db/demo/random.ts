/** A repeatable source of choices: the same seed always tells the same story. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number, both ends included. */
  int(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  weighted<T>(options: readonly (readonly [option: T, weight: number])[]): T;
  shuffled<T>(items: readonly T[]): T[];
  /** Deals every item once before any item returns, so that neighbours rarely hold the same one. */
  deck<T>(items: readonly T[]): () => T;
  /** An independent stream: drawing more from one does not change another. */
  stream(label: string): Random;
}

/** Mulberry32: small, fast, and good enough to invent people with. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));

  function pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new Error('nothing to pick from');
    return from[int(0, from.length - 1)] as T;
  }

  function weighted<T>(options: readonly (readonly [option: T, weight: number])[]): T {
    let remaining = next() * options.reduce((total, [, weight]) => total + weight, 0);
    for (const [option, weight] of options) {
      remaining -= weight;
      if (remaining < 0) return option;
    }
    throw new Error('nothing to pick from');
  }

  function shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let last = result.length - 1; last > 0; last--) {
      const other = int(0, last);
      [result[last], result[other]] = [result[other] as T, result[last] as T];
    }
    return result;
  }

  function deck<T>(items: readonly T[]): () => T {
    if (items.length === 0) throw new Error('an empty deck');
    let undealt: T[] = [];
    return () => {
      if (undealt.length === 0) undealt = shuffled(items);
      return undealt.pop() as T;
    };
  }

  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick,
    weighted,
    shuffled,
    deck,
    stream: (label) => seededRandom(seed ^ hash(label)),
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let result = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    result = Math.imul(result ^ text.charCodeAt(index), 0x01000193);
  }
  return result >>> 0;
}
