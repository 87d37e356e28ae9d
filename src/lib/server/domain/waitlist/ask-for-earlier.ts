import type { Db, Trx } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireOwnPatient } from './access.ts';
import type { AskInput } from './input.ts';
import {
  findConsultant,
  findPlaceNamed,
  findVisitToMove,
  freeNumber,
  insertEntry,
  type NewEntry,
} from './queries.ts';

/**
 * The patient asks to be told of an earlier time: for a visit that is booked, or for a consultation with one
 * practitioner or with anybody near a place. Treatments are left out: when they may be is the gate's to say (G4).
 */
export async function askForEarlier(db: Db, actor: Actor, input: AskInput): Promise<{ id: string }> {
  return transact(db, actor, async (trx) => {
    const { id: patientId } = await requireOwnPatient(trx, actor);
    const wanted = await wantedBy(trx, patientId, input);
    const number = await freeNumber(trx, patientId);
    if (number === null) throw new Refusal('waitlist_full');
    const { weekdays, fromMinute, untilMinute, earliestDay, latestDay } = input;
    const id = await insertEntry(trx, {
      patientId,
      number,
      wanted,
      weekdays,
      fromMinute,
      untilMinute,
      earliestDay,
      latestDay,
    });
    return { id };
  });
}

async function wantedBy(trx: Trx, patientId: string, input: AskInput): Promise<NewEntry['wanted']> {
  if (input.appointment !== undefined) {
    const visit = await findVisitToMove(trx, patientId, input.appointment);
    if (visit === undefined) throw new Refusal('not_found');
    return { appointmentId: visit.id };
  }
  if (input.practitioner !== undefined) {
    const consultant = await findConsultant(trx, input.practitioner);
    if (consultant === undefined) throw new Refusal('not_found');
    return { practitionerId: consultant.id };
  }
  const place = await findPlaceNamed(trx, input.near!);
  if (place === undefined) throw new Refusal('place_unknown', { field: 'near' });
  return { near: place, radiusKm: input.radiusKm! };
}
