import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Actor } from '../shared/actor.ts';
import { formatDate } from '../shared/dates.ts';
import { transact } from '../shared/transact.ts';
import { requireDesk, requireVisit } from './access.ts';
import { hashOfCode, newCode } from './claim-code.ts';
import { insertClaim, voidOpenClaims } from './queries.ts';

/**
 * A code for the printed confirmation, with which a patient without an account can ask for the record later. It is
 * answered once and kept nowhere; an earlier one is void.
 */
export async function issueClaimCode(
  db: Db,
  actor: Actor,
  { appointmentId }: { appointmentId: string },
): Promise<{ code: string; until: string }> {
  return transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    const { patientId, clinicId, timeZone } = await requireVisit(trx, desk, appointmentId);
    const code = newCode();
    await voidOpenClaims(trx, patientId);
    const expiresAt = await insertClaim(trx, { patientId, clinicId, codeHash: hashOfCode(code) });
    await recordAudit(trx, {
      stream: { kind: 'patient', id: patientId },
      action: 'record_claim.issued',
      subjectType: 'clinic',
      subjectId: clinicId,
    });
    return { code, until: formatDate(expiresAt, timeZone) };
  });
}
