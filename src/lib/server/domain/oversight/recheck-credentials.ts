import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { fileRegister } from '../credentials/file-register.ts';
import { judgeReading, REGISTER_RECHECK_DAYS } from '../credentials/judge-reading.ts';
import { registers } from '../credentials/registers.ts';
import { system } from '../shared/actor.ts';
import { transact } from '../shared/transact.ts';
import { lapseListings } from './lapse-listings.ts';
import { findToCompare, insertRegisterCheck, type RegisteredRow } from './register-check-queries.ts';

const CREDENTIALS_AT_ONCE = 200;

/**
 * Compares every credential that carries a listing with the newest release of its register, once, and records what was
 * found. Confirmed renews the time until which it counts; not confirmed ends the listing at once; unclear waits for a person,
 * and renews nothing. Answers how many were compared.
 */
export async function recheckCredentials(db: Db): Promise<number> {
  let compared = 0;
  for (;;) {
    const due = await findToCompare(db, CREDENTIALS_AT_ONCE);
    if (due.length === 0) break;
    for (const credential of due) await compare(db, credential);
    compared += due.length;
  }
  if (compared > 0) await lapseListings(db);
  return compared;
}

async function compare(db: Db, credential: RegisteredRow): Promise<void> {
  await transact(db, system, async (trx) => {
    const reading = await fileRegister(trx).read(credential.register, credential.number);
    if (reading?.at.kind !== 'file') return;
    const { result, ...found } = judgeReading(credential, reading);
    const { name, searchUrl } = registers[credential.register];
    const checkId = await insertRegisterCheck(trx, {
      ...found,
      credentialId: credential.credentialId,
      checkedBy: null,
      source: `${name}, file of ${reading.asOf}`,
      sourceUrl: searchUrl,
      method: 'register_file',
      result,
      note: found.reasons.map((reason) => `${reason}.`).join(' '),
      nextDueOn: Temporal.PlainDate.from(reading.asOf).add({ days: REGISTER_RECHECK_DAYS }).toString(),
      releaseId: reading.at.releaseId,
      lookUpId: null,
    });
    if (checkId === null) return;
    await recordAudit(trx, {
      stream: { kind: 'practitioner', id: credential.practitionerId },
      action: 'credential.compare',
      subjectType: 'credential_check',
      subjectId: checkId,
      detail: { result },
    });
  });
}
