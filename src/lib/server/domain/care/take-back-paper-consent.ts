import type { Db } from '#lib/server/platform/db.ts';
import { requireDesk } from '../reception/access.ts';
import type { Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { findDeskConsents, takeBackPaper } from './paper-queries.ts';
import { cancelTreatments } from './queries.ts';
import { recordVisitEvent } from './record-visit-event.ts';

/** Who has no account says to the desk that consent is taken back: at any moment, with no reason (P6). What was booked on it is cancelled. */
export async function takeBackPaperConsent(
  db: Db,
  actor: Actor,
  { prescriptionId }: { prescriptionId: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    await requireDesk(trx, actor);
    const standing = (await findDeskConsents(trx)).find(
      (one) => one.prescriptionId === prescriptionId && one.signedOn !== null,
    );
    if (standing === undefined) throw new Refusal('not_found');
    for (const visit of await cancelTreatments(trx, prescriptionId, 'patient'))
      await recordVisitEvent(trx, visit, 'appointment.cancelled', { by: 'patient' });
    if (!(await takeBackPaper(trx, prescriptionId))) throw new Refusal('not_now');
    await recordEvent(trx, {
      type: 'consent.withdrawn',
      subjectType: 'prescription',
      subjectId: prescriptionId,
      payload: {},
    });
  });
}
