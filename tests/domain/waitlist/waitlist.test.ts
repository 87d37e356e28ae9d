import { describe, expect, it } from 'vitest';
import { reopen } from '#lib/server/domain/booking/close-time.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import { acceptOffer, declineOffer } from '#lib/server/domain/waitlist/answer-offer.ts';
import { leaveWaitlist } from '#lib/server/domain/waitlist/leave-waitlist.ts';
import { readOffer, readWaitlist } from '#lib/server/domain/waitlist/reads.ts';
import { notifyOffer } from '#lib/server/domain/notifications/notify-offer.ts';
import { recordEvent } from '#lib/server/domain/shared/record-event.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { passTime } from '../../builders/act.ts';
import { account, patient } from '../../builders/people.ts';
import { closure } from '../../builders/visits.ts';
import { as, expectRefusal, hold, slots, type World } from '../booking/world.ts';
import {
  apart,
  ask,
  booked,
  cancel,
  offers,
  offersTo,
  openDay,
  passedOver,
  passTo,
  waiting,
  work,
  ZONE,
} from './world.ts';

async function visitOf(world: World, appointmentId: string) {
  return world.owner
    .selectFrom('appointment')
    .select(['state', 'channel', 'during', 'booked_by'])
    .where('id', '=', appointmentId)
    .executeTakeFirstOrThrow();
}

const isFree = async (world: World, start: Temporal.Instant) =>
  (await slots(world)).some((slot) => slot.start.equals(start));

describe('a time that comes free', () => {
  it('is kept for the first who asked, and for nobody else', async () => {
    const world = await openDay();
    const [time] = await apart(world);
    const visit = await booked(world, time!);
    const first = await waiting(world);
    const second = await waiting(world);
    await cancel(world, visit);
    await work(world);

    const [offer, ...others] = await offers(world);
    expect(others).toEqual([]);
    expect(offer).toMatchObject({ entryId: first.entryId, start: time!.toString(), state: 'open' });
    expect(await isFree(world, time!)).toBe(false);
    await expectRefusal(hold(world, time!), 'slot_taken');
    await expectRefusal(acceptOffer(world.db, as(second.patient), offer!.id), 'not_found');
    await expectRefusal(readOffer(world.db, as(second.patient), offer!.id), 'not_found');

    const { appointmentId } = await acceptOffer(world.db, as(first.patient), offer!.id);
    expect(await visitOf(world, appointmentId)).toMatchObject({
      state: 'confirmed',
      channel: 'waitlist',
      booked_by: first.patient.accountId,
    });
    // Asked again, it answers the same.
    expect(await acceptOffer(world.db, as(first.patient), offer!.id)).toEqual({ appointmentId });
    await expectRefusal(declineOffer(world.db, as(first.patient), offer!.id), 'offer_ended');
    expect((await readWaitlist(world.db, as(first.patient))).entries).toEqual([]);
    expect((await readOffer(world.db, as(first.patient), offer!.id)).state).toBe('accepted');
    await work(world);
    expect(await offers(world)).toHaveLength(1);
  });

  it('goes to the next when it is let go, and when nobody answers, and then to everybody', async () => {
    const world = await openDay();
    const [time] = await apart(world);
    const visit = await booked(world, time!);
    const people = [await waiting(world), await waiting(world)] as const;
    await cancel(world, visit);
    await work(world);
    const [first] = await offersTo(world, people[0]);
    await declineOffer(world.db, as(people[0].patient), first!.id);
    await work(world);
    const [second] = await offersTo(world, people[1]);
    expect(await passedOver(world, second!.id)).toEqual({ [people[0].entryId]: 'asked_before' });

    await passTime(world.owner, { minutes: 14 });
    await work(world);
    expect((await offersTo(world, people[1]))[0]!.state).toBe('open');
    await passTime(world.owner, { minutes: 2 });
    await expectRefusal(acceptOffer(world.db, as(people[1].patient), second!.id), 'offer_ended');
    // Kept no longer from the very minute, swept or not.
    expect((await readOffer(world.db, as(people[1].patient), second!.id)).state).toBe('lapsed');
    await work(world);
    expect((await offers(world)).map(({ state }) => state)).toEqual(['declined', 'lapsed']);
    expect(await isFree(world, time!)).toBe(true);
    await hold(world, time!);
    // Both still wait for another time.
    expect((await readWaitlist(world.db, as(people[1].patient))).entries).toHaveLength(1);
  });

  it('moves the visit of who has one, and the old time goes on to the next', async () => {
    const world = await openDay();
    const [early, late] = await apart(world);
    const cancelled = await booked(world, early!);
    const mine = await booked(world, late!);
    const { entryId } = await ask(world, mine.patient, { appointment: mine.appointmentId });
    const other = await waiting(world);
    await cancel(world, cancelled);
    await work(world);
    const [offer] = await offersTo(world, { entryId });
    expect(await readOffer(world.db, as(mine.patient), offer!.id)).toMatchObject({ name: 'consultation' });
    expect((await readOffer(world.db, as(mine.patient), offer!.id)).insteadOf).not.toBeNull();
    await acceptOffer(world.db, as(mine.patient), offer!.id);
    expect((await visitOf(world, mine.appointmentId)).during.start!.toString()).toBe(early!.toString());
    await work(world);
    expect(await offersTo(world, other)).toMatchObject([{ start: late!.toString() }]);
  });

  it('is never a later one than the visit that is booked', async () => {
    const world = await openDay();
    const [early, late] = await apart(world);
    const mine = await booked(world, early!);
    const { entryId } = await ask(world, mine.patient, { appointment: mine.appointmentId });
    const other = await waiting(world);
    await cancel(world, await booked(world, late!));
    await work(world);
    const [offer] = await offersTo(world, other);
    expect(await passedOver(world, offer!.id)).toEqual({ [entryId]: 'not_earlier' });
  });

  it('that has been found by oneself meanwhile is not taken back by a later one', async () => {
    const world = await openDay();
    const [earliest, early, late] = await apart(world);
    const cancelled = await booked(world, early!);
    const mine = await booked(world, late!);
    const { entryId } = await ask(world, mine.patient, { appointment: mine.appointmentId });
    await cancel(world, cancelled);
    await work(world);
    const [offer] = await offersTo(world, { entryId });
    await moveAppointment(world.db, as(mine.patient), {
      appointmentId: mine.appointmentId,
      start: earliest!,
    });
    await expectRefusal(acceptOffer(world.db, as(mine.patient), offer!.id), 'offer_ended');
    expect((await visitOf(world, mine.appointmentId)).during.start!.toString()).toBe(earliest!.toString());
  });

  it('passes over who wants other days, weekdays or hours, or is busy, and says why', async () => {
    const world = await openDay();
    const [time] = await apart(world);
    const visit = await booked(world, time!);
    const local = time!.toZonedDateTimeISO(ZONE);
    const day = local.toPlainDate();
    const days = await waiting(world, { earliestDay: day.add({ days: 1 }).toString() });
    const weekdays = await waiting(world, {
      weekdays: [1, 2, 3, 4, 5, 6, 7].filter((each) => each !== local.dayOfWeek),
    });
    const start = local.hour * 60 + local.minute;
    const hours = await waiting(world, { fromMinute: start + 30 });
    const tooShort = await waiting(world, { untilMinute: start + 15 });
    const busy = await waiting(world);
    const there = await slots(world, world.town.otherPrescriber);
    const clash = there.find((slot) => slot.start.equals(time!))!;
    await hold(world, clash.start, {
      actor: as(busy.patient),
      dateOfBirth: null,
      practitioner: world.town.otherPrescriber.slug,
    });
    const lucky = await waiting(world);
    await cancel(world, visit);
    await work(world);
    const [offer] = await offers(world);
    expect(offer!.entryId).toBe(lucky.entryId);
    expect(await passedOver(world, offer!.id)).toEqual({
      [days.entryId]: 'other_days',
      [weekdays.entryId]: 'other_weekdays',
      [hours.entryId]: 'other_hours',
      [tooShort.entryId]: 'other_hours',
      [busy.entryId]: 'busy',
    });
  });

  it('within the notice and the quarter of an hour to answer is offered to nobody', async () => {
    const world = await openDay();
    const soon = (await slots(world))[0]!.start;
    const visit = await booked(world, soon);
    // So that a quarter of an hour later is not free either.
    await booked(world, soon.add({ minutes: 45 }));
    await waiting(world);
    await cancel(world, visit);
    await work(world);
    expect(await offers(world)).toEqual([]);
    expect(await isFree(world, soon)).toBe(true);
  });

  it('at night waits for the morning, and is anybody’s until then', async () => {
    const world = await openDay();
    const times = await apart(world);
    const [taken, left] = [times[20]!, times[30]!];
    const visits = [await booked(world, taken), await booked(world, left)];
    const someone = await waiting(world);
    await passTo(world, 23);
    for (const visit of visits) await cancel(world, visit);
    await work(world);
    expect(await offers(world)).toEqual([]);
    await booked(world, taken);
    await passTo(world, 6);
    await work(world);
    expect(await offers(world)).toEqual([]);
    await passTo(world, 7);
    await work(world);
    expect(await offersTo(world, someone)).toMatchObject([{ start: left.toString(), state: 'open' }]);
  });

  it('by a closure that is gone is offered too, each time to somebody else', async () => {
    const world = await openDay();
    const from = await appNow(world.owner);
    const closed = await closure(world.owner, world.town.prescriber, from, from.add({ hours: 24 * 10 }));
    const people = [await waiting(world), await waiting(world), await waiting(world)];
    await recordEvent(world.owner, {
      type: 'schedule.changed',
      subjectType: 'practitioner',
      subjectId: world.town.prescriber.id,
      payload: {},
    });
    await work(world);
    // New hours alone are everybody’s at once.
    expect(await offers(world)).toEqual([]);
    await reopen(world.db, as(world.town.prescriber), { closureId: closed });
    await work(world, 2);
    const made = await offers(world);
    expect(made.map(({ entryId }) => entryId).toSorted()).toEqual(
      people.map(({ entryId }) => entryId).toSorted(),
    );
    expect(new Set(made.map(({ start }) => start)).size).toBe(3);
  });

  it('while a visitor holds it is offered when the hold has run out', async () => {
    const world = await openDay();
    const [time] = await apart(world);
    const visit = await booked(world, time!);
    const someone = await waiting(world);
    await cancel(world, visit);
    await hold(world, time!);
    await work(world);
    expect(await offers(world)).toEqual([]);
    await passTime(world.owner, { minutes: 11 });
    await work(world);
    expect(await offersTo(world, someone)).toMatchObject([{ start: time!.toString() }]);
  });
});

describe('who waits', () => {
  it('near a place is asked about everybody within reach', async () => {
    const world = await openDay();
    await world.owner
      .insertInto('place')
      .values([
        {
          id: 1,
          name: 'Bradford',
          region: 'England',
          country_code: 'GB',
          latitude: 53.7944,
          longitude: -1.7519,
          population: 300_000,
          time_zone: ZONE,
        },
        {
          id: 2,
          name: 'York',
          region: 'England',
          country_code: 'GB',
          latitude: 53.9576,
          longitude: -1.0827,
          population: 150_000,
          time_zone: ZONE,
        },
      ])
      .execute();
    const near = (name: string, radiusKm: number) =>
      waiting(world, { practitioner: undefined, near: name, radiusKm });
    const [time] = await apart(world);
    const visit = await booked(world, time!);
    await near('york', 25);
    const inReach = await near('Bradf', 25);
    await expectRefusal(near('Nowhere', 25), 'place_unknown');
    await cancel(world, visit);
    await work(world);
    expect(await offers(world)).toMatchObject([{ entryId: inReach.entryId }]);
  });

  it('has three wishes and one open offer', async () => {
    const world = await openDay();
    const [one, two] = await apart(world);
    const visits = [await booked(world, one!), await booked(world, two!)];
    const { patient: who, entryId } = await waiting(world);
    const again = () => ask(world, who, { practitioner: world.town.prescriber.slug });
    await again();
    await again();
    await expectRefusal(again(), 'waitlist_full');
    for (const visit of visits) await cancel(world, visit);
    await work(world, 2);
    expect(await offers(world)).toHaveLength(1);
    await leaveWaitlist(world.db, as(who), entryId);
    await again();
    await expectRefusal(leaveWaitlist(world.db, as(who), entryId), 'not_found');
    await expectRefusal(leaveWaitlist(world.db, as(visits[0]!.patient), entryId), 'not_found');
  });

  it('asks once for a visit, of one’s own, that can still be moved', async () => {
    const world = await openDay();
    const [time] = await apart(world);
    const mine = await booked(world, time!);
    const forIt = (who = mine.patient) => ask(world, who, { appointment: mine.appointmentId });
    await expectRefusal(forIt(await patient(world.owner)), 'not_found');
    await forIt();
    await expectRefusal(forIt(), 'already_waiting');
    await cancel(world, mine);
    await expectRefusal(forIt(), 'not_found');
    await work(world);
    // The visit is no more, so nothing is waited for.
    expect((await readWaitlist(world.db, as(mine.patient))).entries).toEqual([]);
  });

  it('may be new here: who it is comes with the first wish, and under age nothing is kept', async () => {
    const world = await openDay();
    const somebody = await account(world.owner);
    const person = {
      givenName: 'Noor',
      familyName: 'O’Brien',
      phone: '07700 900456',
      dateOfBirth: '1988-02-05',
    };
    const asNew = (who: typeof person | null) =>
      ask(world, somebody, { practitioner: world.town.prescriber.slug, person: who });
    const patients = () =>
      world.owner.selectFrom('patient').selectAll().where('account_id', '=', somebody.accountId).execute();
    await expectRefusal(asNew(null), 'details_missing');
    const young = (await appNow(world.owner)).toZonedDateTimeISO(ZONE).toPlainDate().subtract({ years: 17 });
    await expectRefusal(asNew({ ...person, dateOfBirth: young.toString() }), 'under_age');
    expect(await patients()).toEqual([]);
    const { entryId } = await asNew(person);
    await asNew(person);
    expect(await patients()).toMatchObject([{ given_name: 'Noor', date_of_birth: '1988-02-05' }]);

    const [time] = await apart(world);
    await cancel(world, await booked(world, time!));
    await work(world);
    const [offer] = await offersTo(world, { entryId });
    const { appointmentId } = await acceptOffer(world.db, as(somebody), offer!.id);
    expect(await visitOf(world, appointmentId)).toMatchObject({ state: 'confirmed', channel: 'waitlist' });
  });

  it('for a visit of twice the length is asked about that length only', async () => {
    const world = await openDay();
    const [early, between, late] = await apart(world);
    // Beside what is freed lies another visit, so that the double one does not fit there.
    const freed = await booked(world, early!);
    await booked(world, between!);
    const mine = await booked(world, late!, undefined, ['interpreter']);
    const { entryId } = await ask(world, mine.patient, { appointment: mine.appointmentId });
    const other = await waiting(world);
    await cancel(world, freed);
    await work(world);
    const [offer] = await offersTo(world, other);
    expect(await passedOver(world, offer!.id)).toEqual({ [entryId]: 'nothing_that_long' });
  });

  it('leaves at any time, and what was kept goes to the next', async () => {
    const world = await openDay();
    const [time] = await apart(world);
    const visit = await booked(world, time!);
    const [first, second] = [await waiting(world), await waiting(world)];
    await cancel(world, visit);
    await work(world);
    await leaveWaitlist(world.db, as(first.patient), first.entryId);
    await work(world);
    const [offer] = await offersTo(world, second);
    expect(offer).toMatchObject({ start: time!.toString(), state: 'open' });
    // Who has left stands before nobody.
    expect(await passedOver(world, offer!.id)).toEqual({});
  });

  it('is written to once, in words that name nothing, while the time is kept', async () => {
    const world = await openDay();
    const [time] = await apart(world);
    const visit = await booked(world, time!);
    const someone = await waiting(world);
    await cancel(world, visit);
    await work(world);
    const [offer] = await offersTo(world, someone);
    const write = () => notifyOffer(world.db, new URL('https://steadyhand.example'), offer!.id);
    const letters = () =>
      world.owner.selectFrom('mail_message').select(['subject', 'body']).orderBy('id').execute();
    await write();
    await write();
    const written = (await letters()).filter(({ body }) => body.includes(offer!.id));
    expect(written).toHaveLength(1);
    expect(written[0]!.subject).toBe('An earlier time has come free');
    expect(written[0]!.body).toContain(`https://steadyhand.example/my-care/waitlist/offers/${offer!.id}`);
    await declineOffer(world.db, as(someone.patient), offer!.id);
  });
});
