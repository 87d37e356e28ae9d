import type { Db, Trx } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { formatTime } from '../shared/dates.ts';
import { transact } from '../shared/transact.ts';
import { requirePractitioner } from './access.ts';
import { endPresence, findPresence, insertPresence } from './presence-queries.ts';

/**
 * A practitioner says that they are at a place of theirs, and so at no other any more. It stands until they leave, twelve
 * hours at most, and no longer than the day there.
 */
export async function sayHere(db: Db, actor: Actor, { locationId }: { locationId: string }): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { id } = await requirePractitioner(trx, actor);
    await endPresence(trx, id, locationId);
    await insertPresence(trx, id, locationId);
  });
}

/** They have left. */
export async function sayGone(db: Db, actor: Actor): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { id } = await requirePractitioner(trx, actor);
    await endPresence(trx, id, null);
  });
}

/** Where somebody says they are, for those under whose name others inject; null for everybody else. */
export async function readPresence(trx: Trx, practitionerId: string) {
  const places = await findPresence(trx, practitionerId);
  const here = places.find(({ since }) => since !== null);
  if (here === undefined && !places.some(({ standsFor }) => standsFor)) return null;
  return {
    here: here && {
      name: here.name,
      since: formatTime(here.since!, here.timeZone),
      until: untilInWords(formatTime(here.until!, here.timeZone)),
    },
    elsewhere: places
      .filter(({ since }) => since === null)
      .map(({ locationId, name }) => ({ locationId, name })),
  };
}

/** The day there ends at midnight. */
function untilInWords(time: string): string {
  return time === '00:00' ? 'midnight' : time;
}
