import { seedDemo } from '#db/demo/seed.ts';
import type { DatabaseUrls } from '#db/embedded.ts';
import { publishReference } from '#db/reference.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { passTime } from '../../builders/act.ts';

/** A Wednesday morning in England, and the small hours in Texas: weeks away from a holiday or a change of clocks. */
const FOUNDED_AT = Temporal.Instant.from('2027-02-10T10:00:00Z');

/** Founds the demo town in an empty database, always at the same moment: who is free when is the same in every run. */
export async function foundTown({ owner, app }: DatabaseUrls): Promise<Db> {
  const db = openDb(openPool(owner, { max: 1, onError: () => {} }));
  await passTime(db, (await appNow(db)).until(FOUNDED_AT));
  await db.destroy();
  await publishReference(owner);
  await seedDemo(owner);
  return openDb(openPool(app, { max: 2, onError: () => {} }));
}
