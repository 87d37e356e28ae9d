import type { Queryable, Trx } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { findOwnApplication, findOwnApproved, lockOwnPractitioner, type OwnApplication } from './queries.ts';

/** The acting account's own application; for anybody else it does not exist (P1). */
export async function requireOwnApplication(
  db: Queryable,
  actor: Actor,
  applicationId: string,
): Promise<OwnApplication> {
  const accountId = accountOf(actor);
  const application = accountId === null ? undefined : await findOwnApplication(db, accountId, applicationId);
  if (application === undefined) throw new Refusal('not_found');
  return application;
}

/**
 * The same, to be changed in this transaction. While reviewers are at work it stays as they see it
 * (`application_under_review`).
 */
export async function lockOwnApplication(
  trx: Trx,
  actor: Actor,
  applicationId: string,
): Promise<OwnApplication> {
  const accountId = accountOf(actor);
  if (accountId !== null) await lockOwnPractitioner(trx, accountId);
  const application = await requireOwnApplication(trx, actor, applicationId);
  if (application.isOpen) throw new Refusal('application_under_review');
  return application;
}

/** The acting account's own practitioner, once approved; for anybody else there is no profile (P1). */
export async function requireOwnApproved(db: Queryable, actor: Actor) {
  const accountId = accountOf(actor);
  const found = accountId === null ? undefined : await findOwnApproved(db, accountId);
  if (found === undefined) throw new Refusal('not_found');
  return found;
}

/** The same, to be changed in this transaction. */
export async function lockOwnApproved(trx: Trx, actor: Actor) {
  const accountId = accountOf(actor);
  if (accountId !== null) await lockOwnPractitioner(trx, accountId);
  return requireOwnApproved(trx, actor);
}
