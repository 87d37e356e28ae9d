import { appNow } from '#lib/server/platform/clock.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { REGISTER_RECHECK_DAYS } from '../credentials/judge-reading.ts';
import { registers, type RegisterCode } from '../credentials/registers.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { localDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockCaseToReview } from './access.ts';
import { findCredential, insertCheck } from './queries.ts';
import type { CheckMethod, CheckResult } from './vetting.ts';

/** What could not be reached is tried again the next day (L4). */
const UNREACHABLE_RECHECK_DAYS = 1;

/** Writes down what the acting reviewer found at the source of one credential. Never changed; a later check supersedes it. */
export async function recordCheck(
  db: Db,
  actor: Actor,
  input: { caseId: string; credentialId: string; method: CheckMethod; result: CheckResult; note: string },
): Promise<void> {
  const { caseId, credentialId, method, result, note } = input;
  await transact(db, actor, async (trx) => {
    const vetting = await lockCaseToReview(trx, actor, caseId);
    if (vetting.state !== 'submitted') throw new Refusal('not_now');
    const credential = await findCredential(trx, vetting, credentialId);
    if (credential === undefined) throw new Refusal('not_found');
    if (credential.register === null && method !== 'document')
      throw new Refusal('invalid_input', { field: 'method' });

    const register = method === 'document' ? undefined : registers[credential.register as RegisterCode];
    const today = Temporal.PlainDate.from(localDate(await appNow(trx), 'UTC'));
    const inDays = (days: number) => today.add({ days }).toString();
    const checkId = await insertCheck(trx, {
      credentialId,
      checkedBy: accountOf(actor)!,
      source: register?.name ?? `${credential.title}, confirmed by ${credential.issuer}`,
      sourceUrl: register?.searchUrl ?? null,
      method,
      result,
      note,
      nextDueOn:
        result === 'unreachable'
          ? inDays(UNREACHABLE_RECHECK_DAYS)
          : credential.register !== null
            ? inDays(REGISTER_RECHECK_DAYS)
            : credential.endsOn,
    });
    await recordAudit(trx, {
      stream: { kind: 'practitioner', id: vetting.practitionerId },
      action: 'credential.check',
      subjectType: 'credential_check',
      subjectId: checkId,
      detail: { result },
    });
  });
}
