import type { Db } from '#lib/server/platform/db.ts';
import { findHeads, findLinks, findLinksAt } from './queries.ts';

/** A head of a stream as it was written down outside the database. */
export type Anchor = { readonly stream: string; readonly seq: number; readonly hash: string };

/** What a walk over the whole trail found. `why` is in words; the first break of each stream, and every broken anchor. */
export type Verdict = {
  readonly streams: number;
  readonly rows: number;
  readonly anchors: number;
  readonly breaks: readonly { readonly stream: string; readonly seq: number; readonly why: string }[];
};

const PAGE = 2_000;
const BEGINNING = '00';

/**
 * Walks every stream from its first line to its head, a page at a time: each line must carry the hash of what it says,
 * follow the line before, and the last must be the head. Whoever may write the database can make a whole chain anew; so
 * what was anchored outside must still be there with the same hash.
 */
export async function verifyAudit(db: Db, anchors: readonly Anchor[]): Promise<Verdict> {
  const breaks: { stream: string; seq: number; why: string }[] = [];
  const ends = new Map<string, { seq: number; hash: string }>();
  const broken = new Set<string>();
  const note = (stream: string, seq: number, why: string) => {
    if (broken.has(stream)) return;
    broken.add(stream);
    breaks.push({ stream, seq, why });
  };
  let rows = 0;
  let after = { stream: '', seq: 0 };
  for (;;) {
    const page = await findLinks(db, after, PAGE);
    for (const line of page) {
      const before = ends.get(line.stream) ?? { seq: 0, hash: BEGINNING };
      if (line.hash !== line.ownHash) note(line.stream, line.seq, 'it says something else than its hash');
      else if (line.seq !== before.seq + 1)
        note(line.stream, line.seq, `a line is missing after ${before.seq}`);
      else if (line.previousHash !== before.hash)
        note(line.stream, line.seq, 'it does not follow the line before it');
      ends.set(line.stream, { seq: line.seq, hash: line.hash });
    }
    rows += page.length;
    const last = page.at(-1);
    if (last === undefined) break;
    after = last;
  }
  for (const head of await findHeads(db)) {
    const end = ends.get(head.stream);
    // Lines that were added since are no break; one that is missing is.
    if (end === undefined || end.seq < head.seq)
      note(head.stream, head.seq, `the head is there, and lines after ${end?.seq ?? 0} are gone`);
  }
  for (let from = 0; from < anchors.length; from += PAGE) {
    const some = anchors.slice(from, from + PAGE);
    const now = new Map(
      (await findLinksAt(db, some)).map((line) => [`${line.stream} ${line.seq}`, line.hash]),
    );
    for (const { stream, seq, hash } of some)
      if (now.get(`${stream} ${seq}`) !== hash)
        breaks.push({ stream, seq, why: 'it was anchored with another hash, or is gone' });
  }
  return { streams: ends.size, rows, anchors: anchors.length, breaks };
}
