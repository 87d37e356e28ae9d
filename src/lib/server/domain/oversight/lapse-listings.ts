import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { system } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { transact } from '../shared/transact.ts';
import { pauseUpcoming, tellRecentlyTreated } from './pause.ts';
import { findBookedButUnlisted, findEndedSince, findNewlyLapsed, lockPractitioner } from './queries.ts';

/**
 * What follows when a credential or a supervision runs out. Page, search and booking need no telling: they ask the listing
 * itself. Here the others are told, and the appointments that can no longer take place are paused (L2).
 */
export async function lapseListings(db: Db): Promise<void> {
  for (const practitionerId of await findNewlyLapsed(db)) await lapse(db, practitionerId);
  // A booking that was being confirmed at that instant, and whatever else ends a listing.
  for (const practitionerId of await findBookedButUnlisted(db))
    await transact(db, system, (trx) => pauseUpcoming(trx, { unlistedOf: practitionerId }));
}

/** The same for what ended after an instant alone: cheap enough to be asked every few seconds. */
export async function lapseEndedSince(db: Db, since: Temporal.Instant): Promise<void> {
  for (const practitionerId of await findEndedSince(db, since)) await lapse(db, practitionerId);
}

async function lapse(db: Db, practitionerId: string): Promise<void> {
  await transact(db, system, async (trx) => {
    // Another worker may have come first.
    await lockPractitioner(trx, practitionerId);
    if ((await findNewlyLapsed(trx, practitionerId)).length === 0) return;
    await pauseUpcoming(trx, { unlistedOf: practitionerId });
    await tellRecentlyTreated(trx, practitionerId);
    await recordEvent(trx, {
      type: 'practitioner.lapsed',
      subjectType: 'practitioner',
      subjectId: practitionerId,
      payload: {},
    });
    await recordAudit(trx, {
      stream: { kind: 'practitioner', id: practitionerId },
      action: 'practitioner.lapse',
      subjectType: 'practitioner',
      subjectId: practitionerId,
    });
  });
}
