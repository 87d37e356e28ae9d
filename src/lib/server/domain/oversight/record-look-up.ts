import { createHash } from 'node:crypto';
import type { Db } from '#lib/server/platform/db.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { judgeReading, REGISTER_RECHECK_DAYS } from '../credentials/judge-reading.ts';
import { recordedRegister } from '../credentials/recorded-register.ts';
import { insertLookUp } from '../credentials/register-queries.ts';
import { registers } from '../credentials/registers.ts';
import type { Actor } from '../shared/actor.ts';
import { localDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireStaff } from './access.ts';
import type { LookUpInput } from './look-up-input.ts';
import { findRegistered, insertRegisterCheck } from './register-check-queries.ts';

/**
 * Writes down what the acting reviewer read on the public page of a register about one credential, and the check that
 * follows from it. The reviewer concludes on names and conditions; what the page itself denies (nobody, not in good
 * standing, no right to prescribe) cannot be confirmed: `invalid_input` at `result`. Open or not, no case is needed: the
 * registers behind a listing are read again every week (L4). Of the saved copy of the page the fingerprint is kept.
 */
export async function recordLookUp(
  db: Db,
  actor: Actor,
  { credentialId, result, note, evidence, ...read }: LookUpInput,
): Promise<{ checkId: string }> {
  const evidenceSha256 = createHash('sha256')
    .update(await evidence.bytes())
    .digest('hex');
  return transact(db, actor, async (trx) => {
    const accountId = await requireStaff(trx, actor, 'reviewer');
    const credential = await findRegistered(trx, credentialId);
    if (credential === undefined) throw new Refusal('not_found');
    if (credential.accountId === accountId) throw new Refusal('not_about_yourself');
    const { register, number, practitionerId } = credential;

    await insertLookUp(trx, { register, number, evidenceSha256, ...read });
    const reading = await recordedRegister(trx).read(register, number);
    if (reading?.at.kind !== 'look_up') throw new Error('what was written down is not there');
    const found = judgeReading(credential, reading);
    if (result === 'confirmed' && found.result === 'not_confirmed')
      throw new Refusal('invalid_input', { field: 'result' });

    const today = Temporal.PlainDate.from(localDate(await appNow(trx), 'UTC'));
    const checkId = await insertRegisterCheck(trx, {
      credentialId,
      checkedBy: accountId,
      source: registers[register].name,
      sourceUrl: read.pageUrl,
      method: 'register_page',
      result,
      note,
      nextDueOn: today.add({ days: REGISTER_RECHECK_DAYS }).toString(),
      releaseId: null,
      lookUpId: reading.at.lookUpId,
      nameMatch: found.nameMatch,
      reasons: found.reasons,
      conditions: found.conditions,
    });
    if (checkId === null) throw new Error('a check of a person is never there already');
    await recordAudit(trx, {
      stream: { kind: 'practitioner', id: practitionerId },
      action: 'credential.check',
      subjectType: 'credential_check',
      subjectId: checkId,
      detail: { result },
    });
    return { checkId };
  });
}
