import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../../shared/actor.ts';
import { recordAudit } from '../../audit/record-audit.ts';
import { Refusal } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import { endHandlerRow, insertHandler } from './queries.ts';

type Handler = { clinicId: string; accountId: string };

/** The clinic says that somebody of its desk reads and answers complaints too. Whoever leads the clinic may: `complaint_handler_declared`. */
export async function nameHandler(db: Db, actor: Actor, { clinicId, accountId }: Handler): Promise<void> {
  await transact(db, actor, async (trx) => {
    await insertHandler(trx, clinicId, accountId);
    await note(trx, 'complaint_handler.name', accountId);
  });
}

/** From now on somebody of the desk reads complaints no more. Refuses with `not_found` who does not read them. */
export async function endHandler(db: Db, actor: Actor, { clinicId, accountId }: Handler): Promise<void> {
  await transact(db, actor, async (trx) => {
    if (!(await endHandlerRow(trx, clinicId, accountId))) throw new Refusal('not_found');
    await note(trx, 'complaint_handler.end', accountId);
  });
}

function note(trx: Parameters<typeof recordAudit>[0], action: string, accountId: string): Promise<void> {
  return recordAudit(trx, {
    stream: { kind: 'system' },
    action,
    subjectType: 'account',
    subjectId: accountId,
  });
}
