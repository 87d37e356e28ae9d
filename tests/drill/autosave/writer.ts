import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';

/** The fields of the record that the drill writes into. */
export const FIELDS = ['plan', 'history', 'desiredResult'] as const;
export type Field = (typeof FIELDS)[number];
/** What stands in each field. */
export type Words = Record<Field, string>;

/** Longer than the pause after which a page saves by itself. */
const PAUSE_MS = 1_700;

/** A window with the record open, and somebody who writes in it. Each word is written once and never again. */
export class Writer {
  readonly page: Page;
  readonly path: string;
  #words = 0;
  readonly #name: string;

  constructor(page: Page, path: string, name: string) {
    this.page = page;
    this.path = path;
    this.#name = name;
  }

  /** Opens the record, as it is after a reload; answers whether it could be reached. */
  async open(): Promise<boolean> {
    // The clock of the page can be moved, so that a pause costs nothing; it goes on by itself as well.
    await this.page.clock.install();
    const response = await this.page.goto(this.path).catch(() => null);
    return response?.ok() === true && new URL(this.page.url()).pathname === this.path;
  }

  /** Writes one more word at the end of a field; answers it. */
  async write(field: Field): Promise<string> {
    const word = `${this.#name}${++this.#words}`;
    const box = this.page.locator(`[name=${field}]`);
    for (let tries = 0; tries < 100; tries++) {
      const before = await box.inputValue();
      await box.fill(before.includes(word) ? before : `${before} ${word}`.trim());
      if (await this.#isKept(word)) return word;
      // The script of the page is still on its way.
      await wait(30);
    }
    throw new Error('what was typed is not kept in the window');
  }

  async #isKept(word: string): Promise<boolean> {
    const kept = await this.page.evaluate<string>('JSON.stringify({ ...sessionStorage })');
    return kept.includes(word);
  }

  /** Lets the pause go by, after which the page saves; does not wait for the answer. */
  async pause(): Promise<void> {
    await this.page.clock.runFor(PAUSE_MS);
  }

  /** Until the page has said how a save went, or a while has gone by. Where nothing waits to be saved, nothing is said. */
  async settle(): Promise<void> {
    for (let tries = 0; tries < 40; tries++) {
      const { status } = await this.look();
      if (!status.startsWith('Not saved yet')) return;
      await wait(50);
    }
  }

  /** What the page says about saving, and what stands in the fields, at one moment. */
  async look(): Promise<{ status: string; words: Words; isShownSaved: boolean }> {
    const { status, notice, words } = await this.page.evaluate<{
      status: string;
      notice: string;
      words: Words;
    }>(`({
      status: document.querySelector('[data-autosave-status]')?.textContent ?? '',
      notice: document.querySelector('main [role=status], main [aria-live]')?.textContent ?? '',
      words: Object.fromEntries(${JSON.stringify(FIELDS)}.map((name) => [name, document.querySelector('[name=' + name + ']')?.value ?? ''])),
    })`);
    const isJustSaved =
      status === '' && new URL(this.page.url()).searchParams.has('saved') && /Saved/.test(notice);
    return { status, words, isShownSaved: status.startsWith('Saved') || isJustSaved };
  }

  /**
   * Presses “Save the draft” until it is saved. Where another window wrote, what it wrote has to be shown: it is copied over
   * by hand from there. Answers how many conflicts were met, and which of the words that stood saved were not shown.
   */
  async saveByHand(savedWords: () => Promise<Words>): Promise<{ conflicts: number; hidden: string[] }> {
    let conflicts = 0;
    const hidden: string[] = [];
    for (let tries = 0; tries < 5; tries++) {
      const save = this.page.getByRole('button', { name: 'Save the draft' }).first();
      // What stood saved beforehand has to be shown; what another window saves after this answer, by the next one.
      const before = await savedWords();
      await Promise.all([this.page.waitForEvent('load', { timeout: 30_000 }), save.click()]);
      const { words, isShownSaved } = await this.look();
      if (isShownSaved) return { conflicts, hidden };
      conflicts += 1;
      const shown = wordsIn((await this.page.getByRole('table').allInnerTexts()).join('\n'));
      const there = await savedWords();
      for (const field of FIELDS) {
        const missing = wordsIn(there[field]).filter((word) => !wordsIn(words[field]).includes(word));
        const wanted = wordsIn(before[field]);
        hidden.push(...missing.filter((word) => wanted.includes(word) && !shown.includes(word)));
        const merged = [...wordsIn(words[field]), ...missing].join(' ');
        if (missing.length > 0) await this.page.locator(`[name=${field}]`).fill(merged);
      }
    }
    throw new Error('the draft could not be saved by hand');
  }
}

export const wordsIn = (text: string): string[] => text.split(/[\s;,]+/).filter((word) => word !== '');
