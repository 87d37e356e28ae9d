import type { Trx } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { findPractitioner, lockVisit, type LockedVisit } from './queries.ts';

/** A visit that the actor holds as its practitioner, locked. Anybody else's does not exist (P1). */
export async function lockOwnVisit(
  trx: Trx,
  actor: Actor,
  appointmentId: string,
  ...kinds: ('consultation' | 'treatment' | 'follow_up')[]
): Promise<LockedVisit> {
  const visit = await lockVisit(trx, appointmentId);
  const isOwn = visit !== undefined && visit.practitionerAccountId === accountOf(actor);
  if (!isOwn || !(kinds as string[]).includes(visit.kind)) throw new Refusal('not_found');
  return visit;
}

/** The practitioner who acts; for anybody else nothing here exists. */
export async function requirePractitioner(trx: Trx, actor: Actor) {
  const accountId = accountOf(actor);
  const practitioner = accountId === null ? undefined : await findPractitioner(trx, accountId);
  if (practitioner === undefined) throw new Refusal('not_found');
  return practitioner;
}
