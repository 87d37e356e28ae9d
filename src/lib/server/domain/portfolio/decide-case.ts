import type { Db, Trx } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { requireStaff } from '../oversight/access.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireOwnCase } from './access.ts';
import type { CaseState } from './portfolio-case.ts';
import { findCases, insertStep, type CaseRow } from './queries.ts';

type Which = { caseId: string };

/** The practitioner sends a case to be looked at: from here on it stays as it is. */
export async function sendCase(db: Db, actor: Actor, { caseId }: Which): Promise<void> {
  await transact(db, actor, async (trx) => {
    await step(trx, await requireOwnCase(trx, actor, caseId), 'sent');
  });
}

/** The practitioner takes a case back from the reviewers, or down from where it is shown. */
export async function takeCaseDown(db: Db, actor: Actor, { caseId }: Which): Promise<void> {
  await transact(db, actor, async (trx) => {
    await step(trx, await requireOwnCase(trx, actor, caseId), 'taken_down');
  });
}

/** A reviewer approves a case. Where it is shown then follows from consent and law at every moment, not from this. */
export async function approveCase(db: Db, actor: Actor, { caseId }: Which): Promise<void> {
  await transact(db, actor, async (trx) => step(trx, await caseToReview(trx, actor, caseId), 'approved'));
}

/** A reviewer sends a case back and says what has to change. */
export async function refuseCase(
  db: Db,
  actor: Actor,
  { caseId, reason }: Which & { reason: string },
): Promise<void> {
  await transact(db, actor, async (trx) =>
    step(trx, await caseToReview(trx, actor, caseId), 'refused', reason),
  );
}

/** A case for a reviewer to work on; nobody decides about their own (L6). */
export async function caseToReview(trx: Trx, actor: Actor, caseId: string): Promise<CaseRow> {
  await requireStaff(trx, actor, 'reviewer');
  const [row] = await findCases(trx, { id: caseId });
  if (row === undefined || row.state === 'draft') throw new Refusal('not_found');
  if (row.practitionerAccountId === accountOf(actor)) throw new Refusal('not_about_yourself');
  return row;
}

async function step(trx: Trx, row: CaseRow, kind: Exclude<CaseState, 'draft'>, reason = ''): Promise<void> {
  await insertStep(trx, row.id, kind, reason);
  await recordAudit(trx, {
    stream: { kind: 'practitioner', id: row.practitionerId },
    action: `portfolio.${kind}`,
    subjectType: 'portfolio_case',
    subjectId: row.id,
  });
}
