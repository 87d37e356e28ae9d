/** An expected reason not to start: told in one line that ends with the way out, and without a stack. */
export class CannotStart extends Error {
  override name = 'CannotStart';
}
