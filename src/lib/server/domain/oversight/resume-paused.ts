import type { Db } from '#lib/server/platform/db.ts';
import { span } from '#lib/server/platform/instants.ts';
import { findRoomIds, takeTime } from '../availability/queries.ts';
import type { AppointmentKind } from '../availability/schedule.ts';
import { cancelAppointment } from '../booking/cancel-appointment.ts';
import { system } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { isRefusal, Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { findPausedTooLate, findResumable, lockPaused, resumeRow } from './queries.ts';

/** Gives paused appointments back where the practitioner is listed again; a day before the start it is too late (L2). */
export async function resumePaused(db: Db): Promise<void> {
  for (const appointmentId of await findResumable(db))
    await unlessRefused(resumeAppointment(db, appointmentId));
  for (const appointmentId of await findPausedTooLate(db))
    await unlessRefused(cancelAppointment(db, system, { appointmentId }));
}

/** Resumes one paused appointment at its own time, through every guard that a new one meets; refused when that is taken. */
export async function resumeAppointment(db: Db, appointmentId: string): Promise<void> {
  await transact(db, system, async (trx) => {
    const paused = await lockPaused(trx, appointmentId);
    if (paused === undefined) throw new Refusal('not_now');
    const wanted = span(
      paused.during.start!.subtract({ minutes: paused.bufferBeforeMinutes }),
      paused.during.end!.add({ minutes: paused.bufferAfterMinutes }),
    );
    const { practitionerId, locationId } = paused;
    const roomIds = await findRoomIds(trx, {
      practitionerId,
      locationId,
      kind: paused.kind as AppointmentKind,
    });
    const blockId = await takeTime(trx, { practitionerId, locationId, roomIds, span: wanted });
    if (blockId === null) throw new Refusal('slot_taken');
    await resumeRow(trx, appointmentId, blockId, wanted);
    await recordEvent(trx, {
      type: 'appointment.resumed',
      subjectType: 'appointment',
      subjectId: appointmentId,
      clinicId: paused.clinicId,
      payload: {},
    });
  });
}

/** A time that is gone, or a visit that its patient has just cancelled, holds up nobody else's. */
async function unlessRefused(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}
