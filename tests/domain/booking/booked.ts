import { confirmBooking } from '#lib/server/domain/booking/confirm-booking.ts';
import { patient, type Patient, type Practitioner } from '../../builders/people.ts';
import { as, hold, type World } from './world.ts';

/** A confirmed consultation in Leeds, of a patient of its own unless one is given. */
export async function booked(
  world: World,
  start: Temporal.Instant,
  { who = world.town.prescriber, person }: { who?: Practitioner; person?: Patient } = {},
) {
  const patientOf = person ?? (await patient(world.owner));
  const { id } = await hold(world, start, {
    actor: as(patientOf),
    dateOfBirth: null,
    practitioner: who.slug,
  });
  await confirmBooking(world.db, as(patientOf), { appointmentId: id, partyId: null });
  return { appointmentId: id, person: patientOf, start };
}

/** The row of an appointment, as the owner sees it. */
export function rowOf({ owner }: World, appointmentId: string) {
  return owner
    .selectFrom('appointment')
    .selectAll()
    .where('id', '=', appointmentId)
    .executeTakeFirstOrThrow();
}
