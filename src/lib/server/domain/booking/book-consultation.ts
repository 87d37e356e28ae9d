import type { Trx } from '#lib/server/platform/db.ts';
import type { ClaimedSlot } from '../availability/claim.ts';
import { recordEvent } from '../shared/record-event.ts';
import { insertConsultation, openEpisode } from './queries.ts';

/** How a consultation came about that no visitor kept for himself first. */
export type Channel = 'telephone' | 'desk' | 'walk_in' | 'waitlist' | 'import';

/**
 * Writes a confirmed consultation on time that is the caller's, in the caller's transaction: in the patient's course of
 * care at this clinic, with its event. Answers its id.
 */
export async function bookConsultation(
  trx: Trx,
  claimed: ClaimedSlot,
  booked: {
    practitionerId: string;
    locationId: string;
    patientId: string;
    channel: Channel;
    /** The account; null for the system. */
    bookedBy: string | null;
    needs?: readonly string[];
  },
): Promise<string> {
  const episodeId = await openEpisode(trx, booked.patientId, claimed.clinicId);
  const id = await insertConsultation(trx, claimed, { ...booked, episodeId });
  await recordEvent(trx, {
    type: booked.channel === 'import' ? 'appointment.imported' : 'appointment.confirmed',
    subjectType: 'appointment',
    subjectId: id,
    clinicId: claimed.clinicId,
    payload: {},
  });
  return id;
}
