import type { Db } from '#lib/server/platform/db.ts';
import { CHECK_QUEUE } from '../audit/check-audit.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Actor } from '../shared/actor.ts';
import { formatDateTime } from '../shared/dates.ts';
import { enqueue } from '../shared/record-event.ts';
import { transact } from '../shared/transact.ts';
import { requireStaff } from './access.ts';
import { findAuditBreaks, findAuditCheck } from './audit-queries.ts';

/** Operators read one clock. */
const STAFF_ZONE = 'Europe/London';
const MOST_BREAKS = 100;

/** What the job found when it last read the audit trail, and how far it is now. */
export async function readAuditCheck(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) => {
    await requireStaff(trx, actor, 'operator');
    const { ranAt, wholeSince, ...check } = await findAuditCheck(trx);
    return {
      ...check,
      ranAt: ranAt && formatDateTime(ranAt, STAFF_ZONE),
      wholeSince: wholeSince && formatDateTime(wholeSince, STAFF_ZONE),
      breaks: (await findAuditBreaks(trx, MOST_BREAKS)).map(({ foundAt, ...one }) => ({
        ...one,
        foundAt: formatDateTime(foundAt, STAFF_ZONE),
      })),
    };
  });
}

/** The whole trail is read from its first lines on, as soon as the job comes to it. */
export async function askToCheckAudit(db: Db, actor: Actor): Promise<void> {
  await transact(db, actor, async (trx) => {
    const accountId = await requireStaff(trx, actor, 'operator');
    await enqueue(trx, 'check_audit', { whole: 'yes' }, { key: 'check_audit:whole', queue: CHECK_QUEUE });
    await recordAudit(trx, {
      stream: { kind: 'system' },
      action: 'audit.check_asked',
      subjectType: 'account',
      subjectId: accountId,
    });
  });
}
