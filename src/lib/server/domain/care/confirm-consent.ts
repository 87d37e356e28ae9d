import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnVisit } from './access.ts';
import { confirmConsentNow } from './queries.ts';

/** Injector and patient go through the consent together, on the day (G1). The clock writes when. */
export async function confirmConsent(db: Db, actor: Actor, input: { appointmentId: string }): Promise<void> {
  await transact(db, actor, async (trx) => {
    const visit = await lockOwnVisit(trx, actor, input.appointmentId, 'treatment');
    if (visit.state !== 'confirmed' && visit.state !== 'arrived') throw new Refusal('not_now');
    await confirmConsentNow(trx, visit.consentId!);
  });
}
