import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Actor } from '../shared/actor.ts';
import { transact } from '../shared/transact.ts';
import { requireStaff } from './access.ts';
import { decidePolicyRow } from './policy-queries.ts';

/**
 * The second person accepts or rejects a change of a rule. Accepted, it holds from its first day on, for the guards of
 * the database too. The database refuses whoever proposed it: `policy_second_person`.
 */
export async function decidePolicyChange(
  db: Db,
  actor: Actor,
  { changeId, accept, reason }: { changeId: string; accept: boolean; reason: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    await requireStaff(trx, actor, 'operator', 'reviewer');
    await decidePolicyRow(trx, changeId, accept, reason);
    await recordAudit(trx, {
      stream: { kind: 'system' },
      action: 'policy.decide',
      subjectType: 'policy_change',
      subjectId: changeId,
      detail: { accept },
    });
  });
}
