import type { Db } from '#lib/server/platform/db.ts';
import { recordAudits } from '../audit/record-audit.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatDayTime } from '../shared/dates.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { sideOf } from './access.ts';
import { findMark, findOpenAppeals, insertCorrection, isOperator } from './day-queries.ts';
import { markForPractice, type Finding } from './marks.ts';
import { lockAppointment } from './queries.ts';

/**
 * Writes what was found about a mark beside it; the appointment itself stays as it was written. The practice decides
 * about marks on its patients, an operator about those on itself, and nobody about their own when a patient objects.
 */
export async function correctMark(
  db: Db,
  actor: Actor,
  { appointmentId, finding, reason }: { appointmentId: string; finding: Finding; reason: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const accountId = accountOf(actor);
    const appointment = await lockAppointment(trx, appointmentId, accountId);
    const mark = await findMark(trx, appointmentId);
    if (accountId === null || appointment === undefined || mark === undefined) throw new Refusal('not_found');
    if (!(await isOperator(trx, accountId))) {
      if (sideOf(actor, appointment) !== 'practice') throw new Refusal('not_found');
      if (mark.noShowBy === 'practitioner') throw new Refusal('somebody_else_decides');
    }
    if (finding === 'stands' && mark.appealId === null) throw new Refusal('not_now');
    await insertCorrection(trx, { appointmentId, appealId: mark.appealId, finding, reason });
    await recordEvent(trx, {
      type: 'appointment.corrected',
      subjectType: 'appointment',
      subjectId: appointmentId,
      clinicId: appointment.clinicId,
      payload: { finding },
    });
  });
}

/** What patients object to and nobody has answered: of the actor's visits and clinics, or of all for an operator. */
export async function readOpenAppeals(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) => {
    const accountId = accountOf(actor);
    if (accountId === null) throw new Refusal('not_found');
    const appeals = await findOpenAppeals(trx, accountId, await isOperator(trx, accountId));
    await recordAudits(
      trx,
      [...new Set(appeals.map(({ patientId }) => patientId))].map((id) => ({
        stream: { kind: 'patient', id } as const,
        action: 'appeal.read',
        subjectType: 'patient',
        subjectId: id,
      })),
    );
    return appeals.map((appeal) => ({
      appointmentId: appeal.appointmentId,
      patientName: appeal.patientName,
      practitionerName: appeal.practitionerName,
      when: formatDayTime(appeal.during.start!, appeal.timeZone),
      mark: markForPractice({ ...appeal, isLate: appeal.state === 'cancelled' }) ?? '',
      words: appeal.words,
      made: formatDayTime(appeal.madeAt, appeal.timeZone),
      /** Who noted it does not decide about it. */
      mayDecide: !appeal.isMarker,
    }));
  });
}
