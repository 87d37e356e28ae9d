/** More than it takes to write a letter; little to somebody who has just sent a form. */
const LEAST_MS = 250;

/**
 * Does the work and answers no sooner than after a while. Where the answer is the same for an address with an account and
 * for one without, the time that a letter takes to be written must not tell them apart.
 */
export async function inSteadyTime<T>(work: () => Promise<T>): Promise<T> {
  const over = new Promise<void>((resolve) => setTimeout(resolve, LEAST_MS));
  try {
    return await work();
  } finally {
    await over;
  }
}
