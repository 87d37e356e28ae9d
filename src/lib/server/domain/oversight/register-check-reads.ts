import type { Db } from '#lib/server/platform/db.ts';
import { fileRegister } from '../credentials/file-register.ts';
import { judgeReading } from '../credentials/judge-reading.ts';
import { NAME_MATCHES } from '../credentials/names.ts';
import { REGISTER_STATUSES } from '../credentials/register-entry.ts';
import { isRegister, registers } from '../credentials/registers.ts';
import type { Actor } from '../shared/actor.ts';
import { formatCalendarDate } from '../shared/dates.ts';
import { requireStaff } from './access.ts';
import { findDue, findRegistered } from './register-check-queries.ts';
import { CHECK_FINDINGS, type CheckFinding } from './vetting.ts';

const SHOWN = 100;

/** The registers that somebody has to read again, the soonest end of a listing first. */
export async function readDueChecks(db: Db, actor: Actor) {
  const accountId = await requireStaff(db, actor, 'reviewer');
  return (await findDue(db, accountId, SHOWN)).map((row) => ({
    id: row.credentialId,
    name: row.name,
    register: registers[row.register].name,
    number: row.number,
    place: row.place,
    caseId: row.caseId,
    lastChecked: formatCalendarDate(row.lastCheckedOn),
    endsOn: formatCalendarDate(row.endsOn),
    lastFinding: CHECK_FINDINGS[row.lastResult as CheckFinding],
    isAsBefore: row.lastResult === 'confirmed',
    note: row.lastNote,
    isYou: row.isYou,
  }));
}

/** One credential to look up: what is claimed, and what the register's file says where one is loaded. Null for none. */
export async function readToLookUp(db: Db, actor: Actor, credentialId: string | null) {
  await requireStaff(db, actor, 'reviewer');
  const row = credentialId === null ? undefined : await findRegistered(db, credentialId);
  if (row === undefined || !isRegister(row.register)) return null;
  const register = registers[row.register];
  const reading = await fileRegister(db).read(row.register, row.number);
  const judged = reading && judgeReading(row, reading);
  return {
    id: row.credentialId,
    name: row.displayName,
    asksForRight: row.kind === 'prescribing_right',
    register: register.name,
    numberName: register.numberName,
    number: row.number,
    searchUrl: register.searchUrl,
    knownConditions: row.knownConditions,
    file: reading &&
      judged && {
        asOf: formatCalendarDate(reading.asOf),
        name: reading.entry && `${reading.entry.givenNames} ${reading.entry.familyName}`.trim(),
        status: reading.entry && REGISTER_STATUSES[reading.entry.status],
        match: judged.nameMatch && NAME_MATCHES[judged.nameMatch],
        reasons: judged.reasons,
        conditions: judged.conditions,
      },
  };
}
