import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../../shared/actor.ts';
import { findImportPractices } from './queries.ts';

/** The locations that a practitioner can bring appointments over for. */
export async function readImportLocations(db: Db, actor: Actor): Promise<{ id: string; text: string }[]> {
  const practices = await findImportPractices(db, accountOf(actor));
  return practices.map(({ locationId, locationName, clinicName }) => ({
    id: locationId,
    text: `${clinicName}, ${locationName}`,
  }));
}
