import { afterAll } from 'vitest';

const tidyings: (() => Promise<unknown>)[] = [];

/** Runs when the test file is done, after its own `afterAll`, last registered first. */
export function afterFile(tidy: () => Promise<unknown>): void {
  tidyings.push(tidy);
}

afterAll(async () => {
  for (const tidy of tidyings.toReversed()) await tidy();
});
