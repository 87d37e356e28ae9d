import type { Db } from '#lib/server/platform/db.ts';
import {
  checkedUrl,
  FetchProblem,
  publicInternet,
  type FetchRules,
} from '#lib/server/platform/safe-fetch.ts';
import { seal, type SealingKeys } from '#lib/server/platform/seal.ts';
import type { Actor } from '../../shared/actor.ts';
import { Refusal } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import { ownPractice, requireAdded, type NewCalendar } from './add-calendar.ts';
import { queueRefresh } from './refresh-calendar.ts';
import { loginSeal } from './sync-calendar.ts';
import { insertConnected } from './sync-queries.ts';

export interface NewConnection extends NewCalendar {
  address: string;
  username: string;
  appPassword: string;
  /** Whether our visits are written into it. */
  writes: boolean;
}

/**
 * Connects a calendar on a server of the practitioner's choice. The password is sealed here and opened by the worker alone,
 * which looks at once whether it is taken.
 */
export async function connectCalendar(
  db: Db,
  actor: Actor,
  { name, location, address, username, appPassword, writes }: NewConnection,
  keys: SealingKeys,
  rules: FetchRules = publicInternet,
): Promise<void> {
  const { href, hostname } = allowedServer(address, rules);
  const { practitionerId, locationId } = await ownPractice(db, actor, location);
  const sealedPassword = seal(keys, loginSeal({ practitionerId, username, address: href }), appPassword);
  await transact(db, actor, async (trx) => {
    const calendar = {
      ...{ practitionerId, locationId, name, username, sealedPassword, writes },
      ...{ address: href, host: hostname },
    };
    const { id } = await requireAdded(trx, practitionerId, await insertConnected(trx, calendar));
    await queueRefresh(trx, { id, kind: 'caldav' });
  });
}

function allowedServer(address: string, rules: FetchRules): URL {
  try {
    return checkedUrl(address, rules);
  } catch (problem) {
    if (!(problem instanceof FetchProblem)) throw problem;
    throw new Refusal('calendar_server', { field: 'address' });
  }
}
