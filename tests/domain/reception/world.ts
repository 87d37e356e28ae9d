import { sql } from 'kysely';
import { freeSlots, type FreeSlot } from '#lib/server/domain/availability/reads.ts';
import { bookForPatient } from '#lib/server/domain/reception/book-for-patient.ts';
import type { NewPerson } from '#lib/server/domain/reception/queries.ts';
import type { Actor } from '#lib/server/domain/shared/actor.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { clinicMember } from '../../builders/people.ts';
import { as, openWorld, type World } from '../booking/world.ts';

export interface DeskWorld extends World {
  /** Two members of the clinic in Leeds. */
  joe: Actor;
  ada: Actor;
  /** A member of another clinic. */
  elsewhere: Actor;
}

/** The town with people at its desks, on a day at ten in the morning in Leeds. */
export async function openDesk(): Promise<DeskWorld> {
  const world = await openWorld();
  const { owner, town } = world;
  const { timeZone } = town.leeds;
  const tomorrow = (await appNow(owner)).toZonedDateTimeISO(timeZone).add({ days: 1 });
  await moveClockTo(owner, tomorrow.with({ hour: 10, minute: 0, second: 20 }).toInstant());
  return {
    ...world,
    joe: as(await clinicMember(owner, town.leeds)),
    ada: as(await clinicMember(owner, town.leeds)),
    elsewhere: as(await clinicMember(owner, town.elPaso)),
  };
}

export async function moveClockTo(owner: World['owner'], instant: Temporal.Instant): Promise<void> {
  await sql`UPDATE clock SET ahead_by = ahead_by + (${instant}::timestamptz - app_now())`.execute(owner);
}

export const someone = (about: Partial<NewPerson> = {}): NewPerson => ({
  givenName: 'Oona',
  familyName: 'Featherstone',
  dateOfBirth: '1961-03-12',
  phone: '0113 496 0123',
  postalAddress: '',
  email: '',
  ...about,
});

/** The nth free consultation time with the prescriber in Leeds, from tomorrow on. */
export async function freeTime({ db, owner, town }: World, nth = 0): Promise<FreeSlot> {
  const tomorrow = (await appNow(owner)).add({ hours: 24 }).toString().slice(0, 10);
  const slots = await freeSlots(db, {
    practitionerIds: [town.prescriber.id],
    locationId: town.leeds.locationId,
    from: tomorrow,
  });
  return slots[nth]!;
}

/** A telephone booking for somebody new, by Joe. */
export async function bookNew(world: DeskWorld, about: Partial<NewPerson> = {}, nth = 0) {
  const { practitionerId, locationId, start } = await freeTime(world, nth);
  const booked = await bookForPatient(world.db, world.joe, {
    person: { newPerson: someone(about), isAnother: true },
    practitionerId,
    locationId,
    start,
    channel: 'telephone',
    needs: [],
  });
  return { ...booked, start };
}
