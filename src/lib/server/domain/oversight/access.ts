import type { Queryable, Trx } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { isStaff, lockCase, type LockedCase } from './queries.ts';

export type StaffRole = 'reviewer' | 'operator';

/** The account of a member of staff in one of these roles; for anybody else nothing here exists (P1). */
export async function requireStaff(db: Queryable, actor: Actor, ...roles: StaffRole[]): Promise<string> {
  const accountId = accountOf(actor);
  if (accountId === null || !(await isStaff(db, accountId, roles))) throw new Refusal('not_found');
  return accountId;
}

/** A vetting case, locked for a reviewer to work on; nobody works on his own (L1). */
export async function lockCaseToReview(trx: Trx, actor: Actor, caseId: string): Promise<LockedCase> {
  const accountId = await requireStaff(trx, actor, 'reviewer');
  const vetting = await lockCase(trx, caseId);
  if (vetting === undefined) throw new Refusal('not_found');
  if (vetting.subjectAccountId === accountId) throw new Refusal('not_about_yourself');
  return vetting;
}
