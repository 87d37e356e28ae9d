import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';

type Place = { readonly stream: string; readonly seq: number };
type Link = Place & { hash: string; ownHash: string; previousHash: string };

/** Lines in the order of their chains, after a place. Hashes are hexadecimal. */
export async function findLinks(db: Queryable, after: Place, most: number): Promise<Link[]> {
  const { rows } = await sql<Link>`
    SELECT a.stream, a.seq, encode(a.hash, 'hex') AS hash, encode(audit_hash(a), 'hex') AS "ownHash",
           encode(a.previous_hash, 'hex') AS "previousHash"
      FROM audit a WHERE (a.stream, a.seq) > (${after.stream}, ${after.seq}::bigint)
     ORDER BY a.stream, a.seq LIMIT ${most}`.execute(db);
  return rows;
}

/** The lines at these places. */
export async function findLinksAt(
  db: Queryable,
  places: readonly Place[],
): Promise<(Place & { hash: string })[]> {
  const { rows } = await sql<Place & { hash: string }>`
    SELECT a.stream, a.seq, encode(a.hash, 'hex') AS hash
      FROM unnest(${places.map(({ stream }) => stream)}::text[], ${places.map(({ seq }) => seq)}::bigint[]) AS p (stream, seq)
      JOIN audit a USING (stream, seq)`.execute(db);
  return rows;
}

/** Where every stream ends, by its head. */
export async function findHeads(db: Queryable): Promise<(Place & { hash: string })[]> {
  const { rows } = await sql<Place & { hash: string }>`
    SELECT stream, seq, encode(hash, 'hex') AS hash FROM audit_heads() ORDER BY stream`.execute(db);
  return rows;
}

/** The ends of the streams in which something was written since. */
export async function findHeadsSince(
  db: Queryable,
  since: string | null,
): Promise<(Place & { hash: string })[]> {
  const { rows } = await sql<Place & { hash: string }>`
    SELECT DISTINCT ON (a.stream) a.stream, a.seq, encode(a.hash, 'hex') AS hash
      FROM audit a WHERE ${since}::timestamptz IS NULL OR a.at >= ${since}::timestamptz
     ORDER BY a.stream, a.seq DESC`.execute(db);
  return rows;
}
