/**
 * Normalised discounted cumulative gain of the first ten (Järvelin and Kekäläinen 2002, gains of 2^grade − 1): 1 when nobody
 * better could stand higher. `found` are the grades in the order of the answer, `all` those of everybody, in any order.
 */
export function ndcg(found: readonly number[], all: readonly number[], first = 10): number {
  const gain = (grades: readonly number[]) =>
    grades.slice(0, first).reduce((sum, grade, at) => sum + (2 ** grade - 1) / Math.log2(at + 2), 0);
  return gain(found) / gain(all.toSorted((a, b) => b - a));
}
