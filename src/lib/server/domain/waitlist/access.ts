import type { Trx } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { lockOffer, lockPatient, type LockedOffer } from './queries.ts';

/** The patient who acts, locked, so that what one patient asks for is counted one after the other. */
export async function requireOwnPatient(trx: Trx, actor: Actor): Promise<{ id: string }> {
  const accountId = accountOf(actor);
  const patient = accountId === null ? undefined : await lockPatient(trx, accountId);
  if (patient === undefined) throw new Refusal('not_found');
  return patient;
}

/** The patient's own offer, locked. Anybody else's does not exist (P1). */
export async function requireOwnOffer(trx: Trx, actor: Actor, offerId: string): Promise<LockedOffer> {
  const accountId = accountOf(actor);
  const offer = accountId === null ? undefined : await lockOffer(trx, offerId, { accountId });
  if (offer === undefined) throw new Refusal('not_found');
  return offer;
}
