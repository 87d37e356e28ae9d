import type { Db, Trx } from '#lib/server/platform/db.ts';
import { actorOf, type Viewer } from '../accounts/viewer.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { formatDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { writeAboutForgetting } from './letters.ts';
import { insertAsked, takeAskedBack } from './queries.ts';
import { ACCOUNT_ZONE } from './reads.ts';

/**
 * Asks to be forgotten in seven days; a practitioner is, once two of the staff have agreed. Refuses with what is in the way: visits to come, an open complaint, or that others are in
 * this person's care.
 */
export async function askToBeForgotten(db: Db, viewer: Viewer, publicUrl: URL): Promise<void> {
  await transact(db, actorOf(viewer), async (trx) => {
    const { id, dueAt } = await insertAsked(trx, viewer.accountId);
    await writeAboutForgetting(trx, namedBy(viewer), publicUrl, formatDate(dueAt, ACCOUNT_ZONE));
    await record(trx, viewer, 'erasure.asked', id);
  });
}

/** Changes one's mind before the day has come. Refuses with `not_now` where there is nothing to take back. */
export async function stayKnown(db: Db, viewer: Viewer, publicUrl: URL): Promise<void> {
  await transact(db, actorOf(viewer), async (trx) => {
    const id = await takeAskedBack(trx, viewer.accountId);
    if (id === undefined) throw new Refusal('not_now');
    await writeAboutForgetting(trx, namedBy(viewer), publicUrl, null);
    await record(trx, viewer, 'erasure.taken_back', id);
  });
}

const namedBy = ({ displayName: name, email, practitionerId }: Viewer) => ({
  name,
  email,
  isPractitioner: practitionerId !== null,
});

async function record(trx: Trx, viewer: Viewer, action: string, subjectId: string): Promise<void> {
  await recordAudit(trx, {
    stream: viewer.patientId === null ? { kind: 'system' } : { kind: 'patient', id: viewer.patientId },
    action,
    subjectType: 'erasure',
    subjectId,
  });
}
