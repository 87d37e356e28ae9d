import type { Db, Trx } from '#lib/server/platform/db.ts';
import { claimSlot } from '../availability/claim.ts';
import { lockToDo } from '../booking/access.ts';
import { bookConsultation } from '../booking/book-consultation.ts';
import { moveIn } from '../booking/move-appointment.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { enqueue } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireOwnOffer } from './access.ts';
import { deleteBlock, endEntry, setOfferState, type LockedOffer } from './queries.ts';

/**
 * Takes the time that is kept: the visit it is for moves there, or a consultation is booked. One transaction: the kept
 * time is given up for the booked one, and nobody can come between. Accepted again, it answers the same.
 */
export async function acceptOffer(db: Db, actor: Actor, offerId: string): Promise<{ appointmentId: string }> {
  return transact(db, actor, async (trx) => ({
    appointmentId: await acceptIn(trx, actor, await requireOwnOffer(trx, actor, offerId)),
  }));
}

/** The same in the caller's transaction, who has locked the offer and may answer it. */
export async function acceptIn(trx: Trx, actor: Actor, offer: LockedOffer): Promise<string> {
  if (offer.acceptedId !== null) return offer.acceptedId;
  if (!offer.isOpen) throw new Refusal('offer_ended');
  await deleteBlock(trx, offer.blockId);
  const appointmentId =
    offer.bookedId === null
      ? await bookOffered(trx, actor, offer)
      : await moveVisit(trx, actor, offer.bookedId, offer);
  await setOfferState(trx, offer.id, { state: 'accepted', appointment_id: appointmentId });
  await endEntry(trx, offer.entryId, 'served');
  return appointmentId;
}

/** Lets the time go; the patient keeps waiting, and the next one is asked. */
export async function declineOffer(db: Db, actor: Actor, offerId: string): Promise<void> {
  await transact(db, actor, async (trx) => {
    await declineIn(trx, await requireOwnOffer(trx, actor, offerId));
  });
}

/** The same in the caller's transaction. */
export async function declineIn(trx: Trx, offer: LockedOffer): Promise<void> {
  if (!offer.isOpen) throw new Refusal('offer_ended');
  await letGo(trx, offer);
}

/** Declines an open offer in the caller's transaction and has the time offered to the next. */
export async function letGo(
  trx: Trx,
  { id, blockId }: { id: string; blockId: string | null },
): Promise<void> {
  await setOfferState(trx, id, { state: 'declined' });
  await deleteBlock(trx, blockId);
  await enqueue(trx, 'offer_freed_times', {}, { key: 'offer_freed_times' });
}

async function moveVisit(trx: Trx, actor: Actor, appointmentId: string, offer: LockedOffer): Promise<string> {
  const { appointment } = await lockToDo(trx, actor, 'move', { appointmentId });
  const { start, end } = offer.during;
  // The patient has found an even earlier time meanwhile.
  if (Temporal.Instant.compare(end!, appointment.during.start!) > 0) throw new Refusal('offer_ended');
  await moveIn(trx, appointment, start!, 'patient');
  return appointmentId;
}

async function bookOffered(trx: Trx, actor: Actor, offer: LockedOffer): Promise<string> {
  const { practitionerId, locationId, patient } = offer;
  const start = offer.during.start!;
  const claimed = await claimSlot(trx, { practitionerId, locationId, kind: 'consultation', start });
  return bookConsultation(trx, claimed, {
    practitionerId,
    locationId,
    patientId: patient.id,
    channel: 'waitlist',
    bookedBy: accountOf(actor),
  });
}
