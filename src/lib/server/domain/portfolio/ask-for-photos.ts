import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireOwnPractitioner } from './access.ts';
import type { Purpose } from './photo-consent.ts';
import { insertWord } from './queries.ts';

/**
 * Who treated somebody asks for pictures of that treatment to be used, use by use. Nobody is asked twice for the same:
 * after a "no" the patient alone may change it.
 */
export async function askForPhotos(
  db: Db,
  actor: Actor,
  { treatmentId, purpose }: { treatmentId: string; purpose: readonly Purpose[] },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    await requireOwnPractitioner(trx, actor);
    const asked = await insertWord(trx, treatmentId, purpose, 'asked');
    if (asked === undefined) throw new Refusal('not_found');
    await recordEvent(trx, {
      type: 'photos.asked',
      subjectType: 'appointment',
      subjectId: treatmentId,
      payload: {},
    });
    await recordAudit(trx, {
      stream: { kind: 'patient', id: asked.patientId },
      action: 'photo_consent.asked',
      subjectType: 'appointment',
      subjectId: treatmentId,
      detail: { purposes: purpose.join(' ') },
    });
  });
}
