import { accountOf, type Actor } from '../shared/actor.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireStaff } from './access.ts';
import { pauseUpcoming, tellRecentlyTreated } from './pause.ts';
import { insertSuspension, lockPractitioner, markSuspended } from './queries.ts';

/**
 * Takes a practitioner out of the directory at once, with every appointment that has not begun, also where somebody else
 * injects on this one's prescription (L2). A visit under way goes on: what is being done must be recorded by whoever does it.
 * One person suffices; only two can undo it.
 */
export async function suspendPractitioner(
  db: Db,
  actor: Actor,
  { practitionerId, reason }: { practitionerId: string; reason: string },
): Promise<{ appointmentsEnded: number }> {
  return transact(db, actor, async (trx) => {
    if (actor.kind !== 'system') await requireStaff(trx, actor, 'reviewer', 'operator');
    // Bookings hold a share of this row until they commit, and those that come later wait for it.
    const practitioner = await lockPractitioner(trx, practitionerId);
    if (practitioner === undefined) throw new Refusal('not_found');
    if (practitioner.accountId === accountOf(actor)) throw new Refusal('not_about_yourself');
    if (practitioner.standing !== 'good') throw new Refusal('not_now');

    const appointmentsEnded = await pauseUpcoming(trx, { of: practitionerId });
    const suspensionId = await insertSuspension(trx, practitionerId, reason);
    await markSuspended(trx, practitionerId);
    await tellRecentlyTreated(trx, practitionerId);
    await recordEvent(trx, {
      type: 'practitioner.suspended',
      subjectType: 'practitioner',
      subjectId: practitionerId,
      payload: {},
    });
    await recordAudit(trx, {
      stream: { kind: 'practitioner', id: practitionerId },
      action: 'practitioner.suspend',
      subjectType: 'suspension',
      subjectId: suspensionId,
      detail: { appointmentsEnded },
    });
    return { appointmentsEnded };
  });
}
