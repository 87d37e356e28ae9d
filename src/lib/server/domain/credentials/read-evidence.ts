import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import type { Evidence, EvidenceType } from './evidence.ts';
import { findEvidence, isReviewer } from './queries.ts';

/**
 * One file, for whose credential it shows and for reviewers; for anybody else it does not exist (P1). A reviewer's
 * reading is written down.
 */
export async function readEvidence(db: Db, actor: Actor, fileId: string): Promise<Evidence> {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('not_found');
  return transact(db, actor, async (trx) => {
    const file = await findEvidence(trx, fileId);
    if (file === undefined) throw new Refusal('not_found');
    if (file.subjectAccountId !== accountId) {
      if (!(await isReviewer(trx, accountId))) throw new Refusal('not_found');
      await recordAudit(trx, {
        stream: { kind: 'practitioner', id: file.practitionerId },
        action: 'evidence.read',
        subjectType: 'evidence_file',
        subjectId: fileId,
      });
    }
    return { name: file.name, type: file.type as EvidenceType, bytes: file.bytes };
  });
}
