import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireStaff } from './access.ts';
import { pauseUpcoming } from './pause.ts';
import { endSupervisionRow, findBothSides, lockSupervision } from './queries.ts';
import { supervisionEnded, writeAboutSupervision } from './supervision-letters.ts';

/**
 * Ends a supervision now, by either side or a reviewer, and pauses the treatments that stand on it (G3). A treatment under
 * way keeps its supervisor until its planned end.
 */
export async function endSupervision(
  db: Db,
  actor: Actor,
  { supervisionId }: { supervisionId: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const supervision = await lockSupervision(trx, supervisionId);
    if (supervision === undefined) throw new Refusal('not_found');
    const sides = [supervision.injectorAccountId, supervision.prescriberAccountId];
    if (!sides.includes(accountOf(actor) ?? '')) await requireStaff(trx, actor, 'reviewer');
    if (!supervision.isLive) throw new Refusal('not_now');

    const { injectorId, prescriberId, jurisdiction } = supervision;
    await pauseUpcoming(trx, { supervised: { injectorId, prescriberId, jurisdiction } });
    await endSupervisionRow(trx, supervisionId);
    const [injector, prescriber] = await findBothSides(trx, supervisionId);
    const letter = supervisionEnded({ injector: injector.name, prescriber: prescriber.name });
    for (const to of [injector, prescriber])
      await writeAboutSupervision(trx, to, 'supervision_ended', `supervision:${supervisionId}:ended`, letter);
    await recordEvent(trx, {
      type: 'supervision.ended',
      subjectType: 'practitioner',
      subjectId: injectorId,
      payload: {},
    });
    await recordAudit(trx, {
      stream: { kind: 'practitioner', id: injectorId },
      action: 'supervision.end',
      subjectType: 'supervision',
      subjectId: supervisionId,
    });
  });
}
