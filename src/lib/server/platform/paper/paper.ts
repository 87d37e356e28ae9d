/** What a printed document is made of. Whoever writes one says what stands in it; how it looks is `render.ts`. */
export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string; readonly soft?: boolean }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'facts'; readonly rows: readonly Fact[] }
  | {
      readonly kind: 'table';
      /** Said of the table before it is read. */
      readonly caption: string;
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
      /** Parts of the width, one for each column; equal without it. */
      readonly widths?: readonly number[];
    }
  | { readonly kind: 'notice'; readonly title: string; readonly text: string }
  | {
      readonly kind: 'code';
      readonly title: string;
      readonly text: string;
      /** In groups, as people type it. */
      readonly code: string;
      /** What the picture of the code leads to. */
      readonly link: string;
    }
  | {
      readonly kind: 'picture';
      /** What it shows, for who cannot see it; and printed under it. */
      readonly alt: string;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'lines'; readonly labels: readonly string[] };

/** A term and what is said of it. Several lines stand under each other. */
export type Fact = readonly [term: string, detail: string | readonly string[]];

/** A document to be printed or kept. */
export type Paper = {
  readonly title: string;
  /** Under the title: whose it is, of which day. */
  readonly subtitle?: string;
  /** BCP 47. */
  readonly lang: string;
  readonly size: 'A4' | 'LETTER';
  /** Across the page, where the document no longer stands: "CANCELLED". */
  readonly stamp?: string;
  readonly blocks: readonly Block[];
  /** At the foot of every page. */
  readonly footer: string;
  readonly madeAt: Temporal.Instant;
};

export const heading = (text: string): Block => ({ kind: 'heading', text });
export const text = (words: string): Block => ({ kind: 'text', text: words });
export const soft = (words: string): Block => ({ kind: 'text', text: words, soft: true });
export const list = (items: readonly string[]): Block => ({ kind: 'list', items });
/** Facts with something to say; an empty one is left out. */
export const facts = (rows: readonly Fact[]): Block => ({
  kind: 'facts',
  rows: rows.filter(([, detail]) => [detail].flat().join('').trim() !== ''),
});
export const notice = (title: string, words: string): Block => ({ kind: 'notice', title, text: words });
