import type { Queryable } from '#lib/server/platform/db.ts';
import { findPositions, findStillListed, listingKey } from './queries.ts';
import type { Index } from './read-typed.ts';
import type { SearchPage } from './search.ts';

const MOST_OTHERS = 300;

interface Position {
  longitude: number;
  latitude: number;
}

/** Where the results of a page are, by location, and where those of the first other pages are. */
export async function positionsOf(
  db: Queryable,
  index: Index,
  { question, results, pages }: SearchPage,
): Promise<{ positions: Map<string, Position>; others: Position[] }> {
  const shown = new Set(results.map(({ locationId }) => locationId));
  const { hits } =
    pages > 1
      ? await index.find({ ...question, offset: 0, limit: MOST_OTHERS, counts: false })
      : { hits: [] };
  const listed = await findStillListed(
    db,
    hits.map(({ practitionerId }) => practitionerId),
  );
  const elsewhere = new Set(
    hits
      .filter(({ practitionerId, shown }) => listed.has(listingKey(practitionerId, shown.jurisdiction)))
      .map(({ locationId }) => locationId)
      .filter((id) => !shown.has(id)),
  );
  const positions = await findPositions(db, [...shown, ...elsewhere]);
  return { positions, others: [...elsewhere].flatMap((id) => positions.get(id) ?? []) };
}
