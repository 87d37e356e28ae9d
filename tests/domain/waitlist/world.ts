import { cancelAppointment } from '#lib/server/domain/booking/cancel-appointment.ts';
import { confirmBooking } from '#lib/server/domain/booking/confirm-booking.ts';
import { fitHold } from '#lib/server/domain/booking/fit-hold.ts';
import { saveDraft } from '#lib/server/domain/booking/save-draft.ts';
import type { EventType } from '#lib/server/domain/shared/events.ts';
import { askForEarlier } from '#lib/server/domain/waitlist/ask-for-earlier.ts';
import type { AskInput } from '#lib/server/domain/waitlist/input.ts';
import { freeingEvents, noticeFreedTime } from '#lib/server/domain/waitlist/notice-freed-time.ts';
import { offerFreedTimes } from '#lib/server/domain/waitlist/offer-freed-times.ts';
import type { OfferFacts } from '#lib/server/domain/waitlist/queries.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { passTime } from '../../builders/act.ts';
import { patient, type Patient } from '../../builders/people.ts';
import { as, hold, openWorld, slots, type World } from '../booking/world.ts';

type Who = Pick<Patient, 'accountId'>;

export const ZONE = 'Europe/London';
const NIL = '00000000-0000-0000-0000-000000000000';

/** A town at ten in the morning of the clinic's next day. */
export async function openDay(): Promise<World> {
  const world = await openWorld();
  await passTo(world, 10);
  return world;
}

/** Moves the clock on to the next time that it is this hour in Leeds. */
export async function passTo({ owner }: World, hour: number): Promise<void> {
  const now = (await appNow(owner)).toZonedDateTimeISO(ZONE);
  const today = now.withPlainTime({ hour });
  const then = Temporal.ZonedDateTime.compare(today, now) > 0 ? today : today.add({ days: 1 });
  await passTime(owner, { seconds: Math.ceil(now.until(then).total('seconds')) });
}

/** Free starts in Leeds that lie a whole visit and its buffers apart, from tomorrow on. */
export async function apart(world: World, hours = 1): Promise<Temporal.Instant[]> {
  const tomorrow = (await appNow(world.db)).add({ hours: 24 });
  const found: Temporal.Instant[] = [];
  for (const { start } of await slots(world)) {
    const from = found.at(-1)?.add({ hours }) ?? tomorrow;
    if (Temporal.Instant.compare(start, from) >= 0) found.push(start);
  }
  return found;
}

/** A confirmed consultation with the prescriber, of a patient of its own unless one is given. */
export async function booked(world: World, start: Temporal.Instant, person?: Patient, needs: string[] = []) {
  const who = person ?? (await patient(world.owner));
  const { id } = await hold(world, start, { actor: as(who), dateOfBirth: null });
  if (needs.length > 0) {
    await saveDraft(world.db, as(who), { appointmentId: id, partyId: null, typed: { needs } });
    await fitHold(world.db, as(who), { appointmentId: id, partyId: null });
  }
  await confirmBooking(world.db, as(who), { appointmentId: id, partyId: null });
  return { appointmentId: id, patient: who, start };
}

export async function cancel(world: World, visit: { appointmentId: string; patient: Patient }) {
  await cancelAppointment(world.db, as(visit.patient), { appointmentId: visit.appointmentId });
}

/** Asks, at any hour of any day of the next two months, unless told otherwise. */
export async function ask(
  world: World,
  who: Who,
  wanted: Partial<AskInput>,
): Promise<{ entryId: string; patient: Who }> {
  const today = (await appNow(world.db)).toZonedDateTimeISO(ZONE).toPlainDate();
  const { id } = await askForEarlier(world.db, as(who), {
    weekdays: [1, 2, 3, 4, 5, 6, 7],
    fromMinute: 0,
    untilMinute: 1440,
    earliestDay: today.toString(),
    latestDay: today.add({ days: 60 }).toString(),
    appointment: undefined,
    practitioner: undefined,
    near: undefined,
    radiusKm: undefined,
    person: null,
    ...wanted,
  });
  return { entryId: id, patient: who };
}

/** Somebody new who waits for a consultation with the prescriber. */
export async function waiting(world: World, wanted: Partial<AskInput> = {}) {
  return ask(world, await patient(world.owner), { practitioner: world.town.prescriber.slug, ...wanted });
}

const delivered = new WeakMap<World, string>();

/** Delivers what has happened, each event twice, as a queue may, and lets `workers` make offers at the same time. */
export async function work(world: World, workers = 1): Promise<void> {
  const events = await world.owner
    .selectFrom('event')
    .select(['id', 'type', 'subject_id as subjectId'])
    .where('type', 'in', [...freeingEvents])
    .where('id', '>', delivered.get(world) ?? NIL)
    .orderBy('id')
    .execute();
  for (const event of [...events, ...events])
    await noticeFreedTime(world.db, { ...event, type: event.type as EventType });
  if (events.length > 0) delivered.set(world, events.at(-1)!.id);
  await Promise.all(Array.from({ length: workers }, () => offerFreedTimes(world.db)));
}

export interface Offered {
  id: string;
  entryId: string;
  state: OfferFacts['state'];
  start: string;
}

/** All offers, in the order they were made. */
export async function offers({ owner }: World): Promise<Offered[]> {
  const rows = await owner
    .selectFrom('waitlist_offer')
    .select(['id', 'entry_id as entryId', 'state', 'during'])
    .orderBy('id')
    .execute();
  return rows.map(({ during, state, ...offer }) => ({
    ...offer,
    state: state as Offered['state'],
    start: during.start!.toString(),
  }));
}

export async function offersTo(world: World, { entryId }: { entryId: string }): Promise<Offered[]> {
  return (await offers(world)).filter((offer) => offer.entryId === entryId);
}

/** Who was passed over for an offer, and why. */
export async function passedOver({ owner }: World, offerId: string): Promise<Record<string, string>> {
  const rows = await owner
    .selectFrom('waitlist_passed_over')
    .select(['entry_id', 'reason'])
    .where('offer_id', '=', offerId)
    .execute();
  return Object.fromEntries(rows.map(({ entry_id, reason }) => [entry_id, reason]));
}
