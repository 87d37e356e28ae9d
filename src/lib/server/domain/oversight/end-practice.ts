import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireStaff } from './access.ts';
import { findEverSeen, insertEnding } from './ending-queries.ts';
import type { EndingInput } from './input.ts';
import { pauseUpcoming } from './pause.ts';
import { lockPractitioner } from './queries.ts';

/**
 * Takes a practitioner out of the directory for good, names who keeps the records and, where somebody was treated in the last
 * 28 days, who is there for them. Whoever leaves or retires says so; of a death or a closed clinic staff do. What has not
 * begun is put on hold as by a suspension, what has begun is finished, and everybody who was ever seen is told in neutral words.
 */
export async function endPractice(
  db: Db,
  actor: Actor,
  { practitionerId, ...ending }: EndingInput & { practitionerId: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    // Bookings hold a share of this row until they commit, and those that come later wait for it.
    const practitioner = await lockPractitioner(trx, practitionerId);
    if (practitioner === undefined) throw new Refusal('not_found');
    if (practitioner.accountId !== accountOf(actor)) await requireStaff(trx, actor, 'reviewer', 'operator');

    const appointmentsEnded = await pauseUpcoming(trx, { of: practitionerId });
    const endingId = await insertEnding(trx, practitionerId, ending);
    for (const { id, clinicId } of await findEverSeen(trx, practitionerId))
      await recordEvent(trx, {
        type: 'appointment.practice_ended',
        subjectType: 'appointment',
        subjectId: id,
        clinicId,
        payload: {},
      });
    await recordEvent(trx, {
      type: 'practitioner.ended',
      subjectType: 'practitioner',
      subjectId: practitionerId,
      payload: {},
    });
    await recordAudit(trx, {
      stream: { kind: 'practitioner', id: practitionerId },
      action: 'practitioner.end',
      subjectType: 'practice_ending',
      subjectId: endingId,
      detail: { appointmentsEnded },
    });
  });
}
