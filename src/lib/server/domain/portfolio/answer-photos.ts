import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import type { Purpose } from './photo-consent.ts';
import { findMyConsents, insertWord } from './queries.ts';

type Which = { treatmentId: string; purpose: Purpose };

/** The patient agrees to one use of pictures of one treatment; also after a "no". */
export const agreeToPhotos = (db: Db, actor: Actor, which: Which) => answer(db, actor, which, 'given');

/** The patient says no to what was asked. It is not asked again. */
export const declinePhotos = (db: Db, actor: Actor, which: Which) => answer(db, actor, which, 'declined');

/**
 * The patient takes it back, at any moment and with no reason (P6). What was shown is hidden in the same transaction;
 * where no showing is agreed to any more, the pictures are deleted.
 */
export const withdrawPhotos = (db: Db, actor: Actor, which: Which) => answer(db, actor, which, 'withdrawn');

async function answer(
  db: Db,
  actor: Actor,
  { treatmentId, purpose }: Which,
  word: 'given' | 'declined' | 'withdrawn',
): Promise<void> {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  await transact(db, actor, async (trx) => {
    const asked = (await findMyConsents(trx, accountId)).find(
      (one) => one.treatmentId === treatmentId && one.purpose === purpose,
    );
    if (asked === undefined) throw new Refusal('not_found');
    // Pressing a button twice says it once.
    if (asked.word === word) return;
    const said = await insertWord(trx, treatmentId, [purpose], word);
    await recordAudit(trx, {
      stream: { kind: 'patient', id: said!.patientId },
      action: `photo_consent.${word}`,
      subjectType: 'appointment',
      subjectId: treatmentId,
      detail: { purpose },
    });
  });
}
