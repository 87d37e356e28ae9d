import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireOpenCase, requireOwnPractitioner } from './access.ts';
import type { CaseWords } from './input.ts';
import { insertCase, updateCase } from './queries.ts';

/** A practitioner begins a case of a treatment whose patient agrees to pictures being shown, and declares them unaltered. */
export async function beginCase(
  db: Db,
  actor: Actor,
  { treatmentId }: { treatmentId: string },
  words: CaseWords,
): Promise<{ caseId: string }> {
  return transact(db, actor, async (trx) => {
    await requireOwnPractitioner(trx, actor);
    const made = await insertCase(trx, treatmentId, words);
    if (made === undefined) throw new Refusal('not_found');
    await recordAudit(trx, {
      stream: { kind: 'patient', id: made.patientId },
      action: 'portfolio.begun',
      subjectType: 'portfolio_case',
      subjectId: made.id,
    });
    return { caseId: made.id };
  });
}

/** Changes what a case says, while no reviewer has it and it is not shown. */
export async function changeCase(
  db: Db,
  actor: Actor,
  { caseId }: { caseId: string },
  words: CaseWords,
): Promise<void> {
  await transact(db, actor, async (trx) => {
    await requireOpenCase(trx, actor, caseId);
    await updateCase(trx, caseId, words);
  });
}
