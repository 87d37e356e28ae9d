import type { Db } from '#lib/server/platform/db.ts';
import { isRegister, registers } from '../credentials/registers.ts';
import { differences, KIND_NAMES } from '../practitioners/change-words.ts';
import type { Actor } from '../shared/actor.ts';
import { formatDayTime } from '../shared/dates.ts';
import { transact } from '../shared/transact.ts';
import { requireStaff } from './access.ts';
import { countWaitingChanges, findProfileChanges, type ProfileChangeRow } from './profile-change-queries.ts';

/** Staff read one clock, whoever and wherever they are. */
const STAFF_ZONE = 'Europe/London';

const STATES: Readonly<Record<ProfileChangeRow['state'], string>> = {
  asked: 'Waiting for a first reviewer',
  checked: 'Waiting for a second reviewer',
  accepted: 'Accepted',
  rejected: 'Rejected',
  withdrawn: 'Taken back',
};

/** What listed people have asked to change of what was checked: those that wait, whose move each is, and the latest done. */
export async function readProfileChanges(db: Db, actor: Actor) {
  const accountId = await requireStaff(db, actor, 'reviewer');
  // As the reviewer: row security shows them to nobody else.
  const changes = (await transact(db, actor, findProfileChanges)).map((row) => ({
    id: row.id,
    title: KIND_NAMES[row.kind],
    name: row.name,
    profession: row.profession,
    practitionerId: row.practitionerId,
    state: row.state,
    stateText: STATES[row.state],
    differences: differences(row),
    reason: row.reason,
    asked: formatDayTime(row.askedAt, STAFF_ZONE),
    checked: row.checkedAt && `${row.checker}, ${formatDayTime(row.checkedAt, STAFF_ZONE)}`,
    finding: row.finding,
    decided: row.decidedAt && `${row.decider}, ${formatDayTime(row.decidedAt, STAFF_ZONE)}`,
    decisionReason: row.decisionReason,
    others: row.others,
    visits: row.kind === 'address' ? row.visits : 0,
    registers: row.registers.flatMap(({ register, number }) =>
      isRegister(register)
        ? [{ name: registers[register].name, href: registers[register].searchUrl, number }]
        : [],
    ),
    /** Null where this reviewer takes the next step; otherwise why not. */
    whyNot:
      row.askedBy === accountId
        ? 'This is about you, so other people decide.'
        : row.state === 'checked' && row.checkedBy === accountId
          ? 'You checked this, so a second reviewer decides.'
          : null,
  }));
  return {
    waiting: changes.filter(({ state }) => state === 'asked' || state === 'checked'),
    done: changes.filter(({ state }) => state !== 'asked' && state !== 'checked'),
  };
}

/** How many wait, for the page of all cases. */
export async function readWaitingChanges(db: Db, actor: Actor): Promise<number> {
  await requireStaff(db, actor, 'reviewer');
  return transact(db, actor, countWaitingChanges);
}
