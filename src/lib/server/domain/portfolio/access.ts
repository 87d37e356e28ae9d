import type { Queryable } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { findCases, findOwnPractitioner, type CaseRow } from './queries.ts';

/** The acting practitioner; for anybody else nothing here exists (P1). */
export async function requireOwnPractitioner(db: Queryable, actor: Actor) {
  const accountId = accountOf(actor);
  const practitioner = accountId === null ? undefined : await findOwnPractitioner(db, accountId);
  if (practitioner === undefined) throw new Refusal('not_found');
  return practitioner;
}

/** A case of the acting practitioner's own; for anybody else it does not exist (P1). */
export async function requireOwnCase(db: Queryable, actor: Actor, caseId: string): Promise<CaseRow> {
  const [row] = await findCases(db, { id: caseId });
  if (row === undefined || row.practitionerAccountId !== accountOf(actor)) throw new Refusal('not_found');
  return row;
}

/** The same, open for changes: refuses with `photo_consent_missing` or `portfolio_frozen`. */
export async function requireOpenCase(db: Queryable, actor: Actor, caseId: string): Promise<CaseRow> {
  const row = await requireOwnCase(db, actor, caseId);
  if (!row.isAgreed) throw new Refusal('photo_consent_missing');
  if (row.state === 'sent' || row.state === 'approved') throw new Refusal('portfolio_frozen');
  return row;
}
