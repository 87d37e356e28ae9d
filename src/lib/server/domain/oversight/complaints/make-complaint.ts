import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../../shared/actor.ts';
import { Refusal } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import type { About, ComplaintInput } from './input.ts';
import { findOwnVisit, findPlacesOf, insertComplaint } from './queries.ts';
import { noteStep } from './take-step.ts';

/**
 * Somebody says what went wrong, about a visit of their own or about a practitioner. What is on record of it at this moment
 * is frozen with it. It changes nothing about any booking, and takes nothing away from who complains.
 */
export async function makeComplaint(
  db: Db,
  actor: Actor,
  about: About,
  input: ComplaintInput,
): Promise<{ complaintId: string }> {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  return transact(db, actor, async (trx) => {
    const visit =
      about.appointment === undefined ? undefined : await findOwnVisit(trx, accountId, about.appointment);
    if (about.appointment !== undefined && visit === undefined) throw new Refusal('not_found');
    const places = await findPlacesOf(trx, visit ?? { slug: about.practitioner ?? '' });
    const [only] = places;
    if (only === undefined) throw new Refusal('not_found');
    const locationId =
      visit?.locationId ?? input.locationId ?? (places.length === 1 ? only.locationId : undefined);
    if (!places.some((place) => place.locationId === locationId))
      throw new Refusal('invalid_input', { field: 'locationId' });

    const made = await insertComplaint(trx, {
      appointmentId: about.appointment ?? null,
      practitionerId: only.practitionerId,
      locationId: locationId!,
      addressedTo: input.addressedTo,
      words: input.words,
      wish: input.wish,
    });
    if (made === undefined) throw new Refusal('not_found');
    await noteStep(trx, { ...made, practitionerId: only.practitionerId }, 'made');
    return { complaintId: made.id };
  });
}
