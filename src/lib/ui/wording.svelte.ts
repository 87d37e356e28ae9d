/** How long somebody pauses before what they have typed is looked at. */
const PAUSE_MS = 400;

/** Has public text looked at while it is typed: for each field why it cannot stand there. Without JavaScript saving says so. */
export class Wording {
  problems = $state<Record<string, string>>({});
  readonly #address: string;
  readonly #waiting: Record<string, ReturnType<typeof setTimeout>> = {};

  /** `address` answers `{ problem }` to `{ text }`. */
  constructor(address: string) {
    this.#address = address;
  }

  /** A field holds this text now. */
  typed(field: string, text: string): void {
    clearTimeout(this.#waiting[field]);
    this.#waiting[field] = setTimeout(() => void this.#look(field, text), PAUSE_MS);
  }

  async #look(field: string, text: string): Promise<void> {
    const waiting = this.#waiting[field];
    try {
      const response = await fetch(this.#address, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text }),
      });
      const { problem } = (await response.json()) as { problem?: string | null };
      // Typed on meanwhile: the next answer is the one that counts.
      if (response.ok && this.#waiting[field] === waiting) this.problems[field] = problem ?? '';
    } catch {
      // No connection: saving judges it all the same.
    }
  }
}
