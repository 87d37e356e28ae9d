/** Somebody who must not be shown: from when that was acknowledged until their return was asked for. */
export interface Suspension {
  slug: string;
  from: number;
  until: number;
}

/** What came back, with the moments of asking and of the last byte. */
export interface Answer {
  text: string;
  askedAt: number;
  answeredAt: number;
}

/** Who is named in an answer although they were suspended from before it was asked for until after it had come. */
export function shownThoughSuspended(answer: Answer, suspensions: readonly Suspension[]): string[] {
  return suspensions
    .filter(({ from, until }) => from <= answer.askedAt && answer.answeredAt <= until)
    .map(({ slug }) => slug)
    .filter((slug) => new RegExp(`(?<![\\w-])${RegExp.escape(slug)}(?![\\w-])`).test(answer.text));
}

/** What an index lacks, what it holds for nobody, and of what it holds something else, each by its key. */
export function differences(
  wanted: ReadonlyMap<string, string>,
  held: ReadonlyMap<string, string>,
): { lacking: string[]; surplus: string[]; other: string[] } {
  const keys = [...wanted.keys()];
  return {
    lacking: keys.filter((key) => !held.has(key)),
    surplus: [...held.keys()].filter((key) => !wanted.has(key)),
    other: keys.filter((key) => held.has(key) && held.get(key) !== wanted.get(key)),
  };
}

/** The value that so many of a hundred do not exceed; NaN of none. */
export function percentile(values: readonly number[], hundredths: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * hundredths) / 100) - 1)] ?? NaN;
}
