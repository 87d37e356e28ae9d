import type { Snippet } from 'svelte';

/** What both ways to show a part of a page are given: as it stands, or drawn. */
export interface PartProps {
  class?: string | undefined;
  children: Snippet;
  /** Nothing stands there: the page had to be drawn anew. */
  onempty: () => void;
}
