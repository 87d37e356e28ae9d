import type pg from 'pg';

/** What a table holds, as one number a table: two are equal when no row came, went or changed. */
export type Digest = ReadonlyMap<string, string>;

/** Digests every table of the database, whatever its schema; `leave` names columns that may change. */
export async function digestOf(
  client: pg.Client,
  leave: Readonly<Record<string, readonly string[]>> = {},
): Promise<Digest> {
  const { rows: tables } = await client.query<{ name: string; quoted: string }>(`
    SELECT CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END AS name,
           format('%I.%I', n.nspname, c.relname) AS quoted
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1`);
  const each = tables.map(({ name, quoted }) => {
    const columns = leave[name];
    const row = columns === undefined ? 'x::text' : `(to_jsonb(x) - '{${columns.join(',')}}'::text[])::text`;
    return `SELECT '${name}' AS name, count(*) || ' ' || coalesce(sum(hashtextextended(${row}, 0)), 0) AS sum FROM ${quoted} x`;
  });
  const { rows } = await client.query<{ name: string; sum: string }>(each.join(' UNION ALL '));
  return new Map(rows.map(({ name, sum }) => [name, sum]));
}

/** The tables that are no longer as they were. */
export function changedBetween(before: Digest, after: Digest): string[] {
  return [...after].flatMap(([name, sum]) => (before.get(name) === sum ? [] : [name]));
}
