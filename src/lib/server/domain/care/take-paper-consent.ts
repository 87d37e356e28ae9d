import type { Db } from '#lib/server/platform/db.ts';
import { takeEvidence } from '../credentials/evidence.ts';
import { requireDesk } from '../reception/access.ts';
import type { Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { findDeskConsents, insertPaper } from './paper-queries.ts';

/**
 * Takes in a consent that was signed on paper, before a witness who is not the injector. Somebody at the desk of the clinic
 * who will not inject has the paper in hand and says that each point is marked; from then on it counts like the other.
 */
export async function takePaperConsent(
  db: Db,
  actor: Actor,
  input: { prescriptionId: string; file: File; witnessName: string; signedOn: string; interpreter: string },
): Promise<void> {
  const { file, ...said } = input;
  const scan = await takeEvidence(file);
  await transact(db, actor, async (trx) => {
    await requireDesk(trx, actor);
    const waiting = (await findDeskConsents(trx)).find(
      ({ prescriptionId }) => prescriptionId === input.prescriptionId,
    );
    if (waiting === undefined) throw new Refusal('not_found');
    await insertPaper(trx, { ...said, scan });
    await recordEvent(trx, {
      type: 'consent.given',
      subjectType: 'prescription',
      subjectId: input.prescriptionId,
      payload: {},
    });
  });
}
