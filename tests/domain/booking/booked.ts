import { confirmBooking } from '#lib/server/domain/booking/confirm-booking.ts';
import { notifyPatient } from '#lib/server/domain/notifications/notify.ts';
import { findDeliverable } from '#lib/server/domain/notifications/reads.ts';
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

/** The letter that the newest event of an appointment makes; undefined when it makes none. */
export async function lastLetter({ owner }: World, appointmentId: string) {
  const { id } = await owner
    .selectFrom('event')
    .select('id')
    .where('subject_id', '=', appointmentId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  const lettersBefore = await countLetters(owner);
  const event = (await findDeliverable(owner, id))!;
  await notifyPatient(owner, new URL('https://steadyhand.test'), { ...event, appointmentId });
  if ((await countLetters(owner)) === lettersBefore) return undefined;
  return owner
    .selectFrom('mail_message')
    .select(['subject', 'body'])
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
}

async function countLetters(owner: World['owner']): Promise<number> {
  const { letters } = await owner
    .selectFrom('mail_message')
    .select(({ fn }) => fn.countAll<number>().as('letters'))
    .executeTakeFirstOrThrow();
  return letters;
}
