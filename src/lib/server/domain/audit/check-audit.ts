import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import { enqueue } from '../shared/record-event.ts';
import { transact } from '../shared/transact.ts';
import {
  findLinksOf,
  findWork,
  noteBreak,
  noteChecked,
  noteGone,
  noteRan,
  readAllAgain,
  type CheckWork,
} from './check-queries.ts';

/** So many streams are looked at in one go, and so many of their lines. */
const STREAMS = 200;
const LINES = 2_000;
/** So many times in one job; then it makes room for others. */
const PARTS = 20;
/** The queue in which one part comes after the other. */
export const CHECK_QUEUE = 'check_audit';

/**
 * Reads on in the audit trail: what is new first, then the streams that nobody has read from their first line on for a day, or
 * all of them where `whole` says so. Each line must carry the hash of what it says and follow the line before, and what held
 * when it was last read must still be there. Where a stream breaks is kept; it is read no further. A long trail takes several
 * jobs, each of which asks for the next. Answers how many streams were found broken.
 */
export async function checkAudit(
  db: Db,
  { whole = false, lines = LINES, parts = PARTS }: { whole?: boolean; lines?: number; parts?: number } = {},
): Promise<number> {
  let broken = await noteGone(db);
  await readAllAgain(db, whole);
  for (let part = 0; part < parts; part++) {
    const work = await findWork(db, STREAMS);
    if (work.length === 0) {
      await noteRan(db);
      return broken;
    }
    broken += await readPart(db, work, lines);
  }
  await transact(db, system, (trx) =>
    enqueue(trx, 'check_audit', {}, { key: 'check_audit:next', queue: CHECK_QUEUE }),
  );
  return broken;
}

type End = { readonly seq: number; readonly hash: string };

async function readPart(db: Db, work: readonly CheckWork[], most: number): Promise<number> {
  const links = await findLinksOf(db, work, most);
  const isWhole = links.length < most;
  const last = links.at(-1)?.stream;
  const byStream = Map.groupBy(links, ({ stream }) => stream);
  let broken = 0;
  for (const one of work) {
    const read = byStream.get(one.stream);
    // What comes after a full page is for the next one.
    const isCut = !isWhole && (read === undefined || one.stream === last);
    if (isCut && read === undefined) continue;
    const { end, fault } = follow(one.from, read ?? []);
    const found = fault ?? (isCut && end.seq < one.until.seq ? null : lacking(one, end));
    if (found === null) await noteChecked(db, one, end);
    else {
      broken += 1;
      await noteBreak(db, { stream: one.stream, ...found });
    }
  }
  return broken;
}

/** How far the lines hold together, and the first that does not. */
function follow(from: End, links: Awaited<ReturnType<typeof findLinksOf>>) {
  let end = from;
  for (const { seq, hash, ownHash, previousHash } of links) {
    const why =
      hash !== ownHash
        ? 'it says something else than its hash'
        : seq !== end.seq + 1
          ? `a line is missing after ${end.seq}`
          : previousHash !== end.hash
            ? 'it does not follow the line before it'
            : null;
    if (why !== null) return { end, fault: { seq, why } };
    end = { seq, hash };
  }
  return { end, fault: null };
}

/** What is wrong with where a stream ends. */
function lacking({ until }: CheckWork, end: End): { seq: number; why: string } | null {
  if (end.seq < until.seq) return { seq: until.seq, why: `lines after ${end.seq} are gone` };
  return end.hash === until.hash ? null : { seq: until.seq, why: 'it has another hash than it had' };
}
