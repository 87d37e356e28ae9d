/** How many slips of the finger a word of this many letters may have: short words mean what they say. */
export function slipsAllowed(word: string): number {
  return word.length < 4 ? 0 : word.length < 7 ? 1 : 2;
}

/**
 * The slips between two words: letters left out, put in, exchanged, or two neighbours swapped (optimal string alignment).
 * A slip at the very beginning counts twice, because it is rarely made.
 */
export function slipsBetween(typed: string, meant: string): number {
  const [a, b] = [[...typed], [...meant]];
  const first = a[0] === b[0] ? 0 : 1;
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let slips = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        slips = Math.min(slips, beforeLast[j - 2]! + 1);
      row.push(slips);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]! + first;
}
