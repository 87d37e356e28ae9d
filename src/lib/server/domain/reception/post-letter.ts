import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { saveWord } from '../booking/day-queries.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireDesk, requireVisit } from './access.ts';

/** The desk has put the letter about a visit into the post, once; from then on it is told. A visit that moves is asked about anew. */
export async function postLetter(
  db: Db,
  actor: Actor,
  { appointmentId }: { appointmentId: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const visit = await requireVisit(trx, await requireDesk(trx, actor), appointmentId);
    if (!(await saveWord(trx, appointmentId, { word: 'posted' }))) throw new Refusal('already_written');
    await recordAudit(trx, {
      stream: { kind: 'patient', id: visit.patientId },
      action: 'letter.posted',
      subjectType: 'appointment',
      subjectId: appointmentId,
    });
  });
}
