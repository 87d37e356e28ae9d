import type { Db, Trx } from '#lib/server/platform/db.ts';
import { findPatient, insertPatient, lockAccount } from '../booking/queries.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { ageOn } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import type { AskInput, WishInput } from './input.ts';
import {
  findConsultant,
  findPlaceNamed,
  findVisitToMove,
  findWelcome,
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
    return { id: await askIn(trx, await patientOf(trx, actor, input), input) };
  });
}

/** The same in the caller's transaction, who knows that this patient wants it. Asked at a clinic's desk, it says at which. */
export async function askIn(
  trx: Trx,
  patientId: string,
  wish: WishInput,
  deskClinicId: string | null = null,
): Promise<string> {
  const wanted = await wantedBy(trx, patientId, wish);
  const number = await freeNumber(trx, patientId);
  if (number === null) throw new Refusal('waitlist_full');
  const { weekdays, fromMinute, untilMinute, earliestDay, latestDay } = wish;
  const when = { weekdays, fromMinute, untilMinute, earliestDay, latestDay };
  return insertEntry(trx, { patientId, number, wanted, deskClinicId, ...when });
}

async function wantedBy(trx: Trx, patientId: string, input: WishInput): Promise<NewEntry['wanted']> {
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

/** The patient that this account is, made of what was typed when it is none yet. Locked: wishes are counted in turn. */
async function patientOf(trx: Trx, actor: Actor, { practitioner, person }: AskInput): Promise<string> {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  const { email, emailVerifiedAt } = await lockAccount(trx, accountId);
  const known = await findPatient(trx, accountId);
  if (known !== undefined) return known.id;
  if (person === null) throw new Refusal('details_missing', { field: 'givenName' });
  if (emailVerifiedAt === null) throw new Refusal('address_not_verified');
  const { today, leastAge } = await findWelcome(trx, practitioner ?? null);
  if (person.dateOfBirth > today) throw new Refusal('invalid_input', { field: 'dateOfBirth' });
  if (ageOn(person.dateOfBirth, today) < leastAge) throw new Refusal('under_age', { field: 'dateOfBirth' });
  const { id } = await insertPatient(trx, { ...person, accountId, email });
  return id;
}
