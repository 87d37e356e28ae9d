import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { endCarerRow, lockCarer, setLetters } from './carer-queries.ts';

/** Ends a permission, or takes an invitation back. Either side may, at any time, and gives no reason. */
export async function endCarer(db: Db, actor: Actor, { carerId }: { carerId: string }): Promise<void> {
  await transact(db, actor, async (trx) => {
    const accountId = accountOf(actor);
    const carer = await lockCarer(trx, carerId);
    const isSide =
      accountId !== null && (carer?.patientAccountId === accountId || carer?.carerAccountId === accountId);
    if (carer === undefined || !isSide) throw new Refusal('not_found');
    await endCarerRow(trx, carerId);
    await recordAudit(trx, {
      stream: { kind: 'patient', id: carer.patientId },
      action: 'carer.ended',
      subjectType: 'carer',
      subjectId: carerId,
    });
  });
}

/** The patient says whether letters about appointments go to this carer too. */
export async function setCarerLetters(
  db: Db,
  actor: Actor,
  { carerId, getsLetters }: { carerId: string; getsLetters: boolean },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const accountId = accountOf(actor);
    const carer = await lockCarer(trx, carerId);
    if (accountId === null || carer?.patientAccountId !== accountId) throw new Refusal('not_found');
    await setLetters(trx, carerId, getsLetters);
  });
}
