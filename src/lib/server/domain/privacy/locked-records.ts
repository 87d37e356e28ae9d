import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { requireStaff } from '../oversight/access.ts';
import { system, type Actor } from '../shared/actor.ts';
import { formatCalendarDate, formatDate, formatDateTime } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import type { PersonalCopy } from './personal-copy.ts';
import {
  allowOpeningRow,
  findLockedAuthors,
  findLockedRecords,
  findOpenings,
  insertOpening,
  isOpened,
  lapseOpeningRows,
} from './queries.ts';
import { ACCOUNT_ZONE } from './reads.ts';
import { copyOf } from './take-copy.ts';

const MOST = 200;

/**
 * What is locked away and until when, and who has asked to open what; and practitioners who are forgotten but for the records
 * that they wrote. Operators, who see no names here.
 */
export async function readLockedRecords(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) => {
    const me = await requireStaff(trx, actor, 'operator');
    const records = await findLockedRecords(trx, MOST);
    const openings = await findOpenings(
      trx,
      records.map(({ patientId }) => patientId),
    );
    const authors = await findLockedAuthors(trx, MOST);
    return {
      isAll: records.length < MOST,
      authors: authors.map(({ practitionerId, lockedAt, keepUntil, deletedAt }) => ({
        practitionerId,
        lockedOn: formatDate(lockedAt, ACCOUNT_ZONE),
        keptUntil: formatCalendarDate(keepUntil),
        deletedOn: deletedAt === null ? null : formatDate(deletedAt, ACCOUNT_ZONE),
      })),
      records: records.map(({ patientId, lockedAt, keepUntil, deletedAt }) => ({
        patientId,
        lockedOn: formatDate(lockedAt, ACCOUNT_ZONE),
        keptUntil: formatCalendarDate(keepUntil),
        deletedOn: deletedAt === null ? null : formatDate(deletedAt, ACCOUNT_ZONE),
        openings: openings
          .filter((opening) => opening.patientId === patientId)
          .map((opening) => ({
            id: opening.id,
            reason: opening.reason,
            askedBy: opening.askedBy,
            askedAt: formatDateTime(opening.askedAt, ACCOUNT_ZONE),
            allowedBy: opening.allowedBy,
            until: opening.expiresAt === null ? null : formatDateTime(opening.expiresAt, ACCOUNT_ZONE),
            allowUntil: formatDateTime(opening.allowUntil, ACCOUNT_ZONE),
            isLapsed: opening.isLapsed,
            isMine: opening.askedById === me,
            isOpen: opening.isOpen && opening.askedById === me,
          })),
      })),
    };
  });
}

/** An operator asks to read a locked record, with a reason that stays. Another one has to allow it. */
export async function askToOpen(
  db: Db,
  actor: Actor,
  { patientId, reason }: { patientId: string; reason: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    await requireStaff(trx, actor, 'operator');
    await insertOpening(trx, patientId, reason);
    await recordOfLock(trx, patientId, 'locked_record.asked_for');
  });
}

/**
 * A second operator allows it: from now on the first one reads it for an hour. Refuses with `somebody_else_decides`, and with
 * `opening_lapsed` when nobody did in time.
 */
export async function allowOpening(
  db: Db,
  actor: Actor,
  { openingId }: { openingId: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    await requireStaff(trx, actor, 'operator');
    const patientId = await allowOpeningRow(trx, openingId);
    if (patientId === undefined) throw new Refusal('not_found');
    await recordOfLock(trx, patientId, 'locked_record.allowed');
  });
}

/** Ends what was asked for and nobody allowed in time: a reason that old is said anew. Run again it finds nothing. */
export async function lapseOpenings(db: Db): Promise<void> {
  await transact(db, system, async (trx) => {
    for (const { patientId } of await lapseOpeningRows(trx))
      await recordOfLock(trx, patientId, 'locked_record.lapsed');
  });
}

/** The locked record as a copy, for the operator who has it open; for anybody else it does not exist. */
export async function readLockedRecord(
  db: Db,
  actor: Actor,
  patientId: string,
  publicUrl: URL,
): Promise<PersonalCopy> {
  return transact(db, actor, async (trx) => {
    await requireStaff(trx, actor, 'operator');
    if (!(await isOpened(trx, patientId))) throw new Refusal('not_found');
    await recordOfLock(trx, patientId, 'locked_record.opened');
    const subject = { accountId: null, email: null, patientIds: [patientId], practitionerId: null };
    return { ...(await copyOf(trx, subject, publicUrl)), papers: [] };
  });
}

function recordOfLock(
  trx: Parameters<typeof recordAudit>[0],
  patientId: string,
  action: string,
): Promise<void> {
  return recordAudit(trx, {
    stream: { kind: 'patient', id: patientId },
    action,
    subjectType: 'patient',
    subjectId: patientId,
  });
}
