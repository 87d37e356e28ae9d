import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';

type End = { readonly seq: number; readonly hash: string };

/** A stream with lines to be read: after `from`, up to `until`, which is known. */
export interface CheckWork {
  readonly stream: string;
  readonly isAgain: boolean;
  readonly from: End;
  readonly until: End;
}

/** Keeps the streams whose end is no longer what it was when it was read. Answers how many are new. */
export async function noteGone(db: Queryable): Promise<number> {
  const { rows } = await sql`
    INSERT INTO audit_break (stream, seq, why)
    SELECT c.stream, c.seq, CASE WHEN h.seq = c.seq THEN 'it ends with another hash than it did' ELSE 'lines that were read are gone' END
      FROM audit_checked c LEFT JOIN audit_heads() h ON h.stream = c.stream
     WHERE h.seq IS NULL OR h.seq < c.seq OR (h.seq = c.seq AND h.hash <> c.hash)
    ON CONFLICT DO NOTHING RETURNING stream`.execute(db);
  return rows.length;
}

/** From their first line on: those that were last read so a day ago, or all. */
export async function readAllAgain(db: Queryable, whole: boolean): Promise<void> {
  await sql`
    UPDATE audit_checked SET again_seq = 0, again_hash = '\\x00'
     WHERE again_seq IS NULL AND (${whole}::boolean OR checked_at <= app_now() - interval '1 day')`.execute(
    db,
  );
}

/** Streams with something to be read, new lines before old ones. */
export async function findWork(db: Queryable, most: number): Promise<CheckWork[]> {
  const { rows } = await sql<{
    stream: string;
    isAgain: boolean;
    fromSeq: number;
    fromHash: string;
    untilSeq: number;
    untilHash: string;
  }>`
    WITH work AS (
      SELECT h.stream, h.seq > coalesce(c.seq, 0) AS is_new, c.seq, c.hash, c.again_seq, c.again_hash, h.seq AS head_seq, h.hash AS head_hash
        FROM audit_heads() h LEFT JOIN audit_checked c ON c.stream = h.stream
       WHERE (h.seq > coalesce(c.seq, 0) OR c.again_seq IS NOT NULL) AND NOT EXISTS (SELECT FROM audit_break b WHERE b.stream = h.stream))
    SELECT stream, NOT is_new AS "isAgain",
           CASE WHEN is_new THEN coalesce(seq, 0) ELSE again_seq END AS "fromSeq",
           encode(CASE WHEN is_new THEN coalesce(hash, '\\x00') ELSE again_hash END, 'hex') AS "fromHash",
           CASE WHEN is_new THEN head_seq ELSE seq END AS "untilSeq",
           encode(CASE WHEN is_new THEN head_hash ELSE hash END, 'hex') AS "untilHash"
      FROM work ORDER BY is_new DESC, stream LIMIT ${most}`.execute(db);
  return rows.map(({ stream, isAgain, fromSeq, fromHash, untilSeq, untilHash }) => ({
    stream,
    isAgain,
    from: { seq: fromSeq, hash: fromHash },
    until: { seq: untilSeq, hash: untilHash },
  }));
}

/** The lines of these streams that are to be read, one stream after the other. */
export async function findLinksOf(db: Queryable, work: readonly CheckWork[], most: number) {
  const { rows } = await sql<{
    stream: string;
    seq: number;
    hash: string;
    ownHash: string;
    previousHash: string;
  }>`
    SELECT a.stream, a.seq, encode(a.hash, 'hex') AS hash, encode(audit_hash(a), 'hex') AS "ownHash",
           encode(a.previous_hash, 'hex') AS "previousHash"
      FROM unnest(${work.map(({ stream }) => stream)}::text[], ${work.map(({ from }) => from.seq)}::bigint[], ${work.map(({ until }) => until.seq)}::bigint[])
             WITH ORDINALITY AS p (stream, after, until, nth)
      JOIN audit a ON a.stream = p.stream AND a.seq > p.after AND a.seq <= p.until
     ORDER BY p.nth, a.seq LIMIT ${most}`.execute(db);
  return rows;
}

/** Keeps how far a stream has been read. */
export async function noteChecked(
  db: Queryable,
  { stream, isAgain, until }: CheckWork,
  end: End,
): Promise<void> {
  if (isAgain) {
    const isDone = end.seq === until.seq;
    await sql`
      UPDATE audit_checked SET again_seq = CASE WHEN NOT ${isDone}::boolean THEN ${end.seq}::bigint END,
             again_hash = CASE WHEN NOT ${isDone}::boolean THEN decode(${end.hash}, 'hex') END,
             checked_at = CASE WHEN ${isDone}::boolean THEN app_now() ELSE checked_at END
       WHERE stream = ${stream}`.execute(db);
    return;
  }
  await sql`
    INSERT INTO audit_checked (stream, seq, hash) VALUES (${stream}, ${end.seq}, decode(${end.hash}, 'hex'))
    ON CONFLICT (stream) DO UPDATE SET seq = EXCLUDED.seq, hash = EXCLUDED.hash`.execute(db);
}

export async function noteBreak(
  db: Queryable,
  { stream, seq, why }: { stream: string; seq: number; why: string },
): Promise<void> {
  await sql`INSERT INTO audit_break (stream, seq, why) VALUES (${stream}, ${seq}, ${why}) ON CONFLICT DO NOTHING`.execute(
    db,
  );
}

export async function noteRan(db: Queryable): Promise<void> {
  await sql`INSERT INTO audit_check DEFAULT VALUES ON CONFLICT (singleton) DO UPDATE SET ran_at = app_now()`.execute(
    db,
  );
}
