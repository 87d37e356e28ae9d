import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { cancelAppointment } from '#lib/server/domain/booking/cancel-appointment.ts';
import { acceptOffer, declineOffer } from '#lib/server/domain/waitlist/answer-offer.ts';
import { leaveWaitlist } from '#lib/server/domain/waitlist/leave-waitlist.ts';
import { isRefusal } from '#lib/server/domain/shared/refusal.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { passTime } from '../../builders/act.ts';
import { patient, type Patient } from '../../builders/people.ts';
import { as, hold, type World } from '../booking/world.ts';
import { apart, ask, booked, cancel, offers, openDay, passTo, work, ZONE } from './world.ts';

const RUNS = Number(process.env.RUNS ?? 40);
const SEED = Number(process.env.SEED ?? 3);
const PEOPLE = 5;
const VISITS = 4;

/** What may happen, in any order; numbers choose among whoever or whatever there is. */
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('free'), which: fc.nat(VISITS - 1) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('ask'), which: fc.nat(PEOPLE - 1), wish: fc.nat(3) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('work'), which: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('accept'), which: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('decline'), which: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), which: fc.constantFrom(5, 16) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave'), which: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rebook'), which: fc.nat(VISITS - 1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('hold'), which: fc.nat(VISITS - 1) }) },
);
type Happening = { do: string; which: number; wish?: number };

interface Day {
  world: World;
  times: Temporal.Instant[];
  people: Patient[];
  visits: ({ appointmentId: string; patient: Patient } | null)[];
  asked: { entryId: string; patient: Pick<Patient, 'accountId'> }[];
  /** When it began: what was before it has been looked at. */
  since: Temporal.Instant;
}

/** Does it, and does not mind being told no. */
async function attempt<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return undefined;
  }
}

async function happen(day: Day, { do: what, which, wish = 0 }: Happening): Promise<void> {
  const { world, times, people, visits, asked } = day;
  const anyOf = <T>(all: readonly T[]) => all[which % Math.max(all.length, 1)];
  const openOffer = async () => {
    const offer = anyOf((await offers(world)).filter(({ state }) => state === 'open'));
    const owner = asked.find(({ entryId }) => entryId === offer?.entryId);
    return offer && owner ? { offer, actor: as(owner.patient) } : undefined;
  };
  switch (what) {
    case 'free': {
      const visit = visits[which];
      visits[which] = null;
      if (visit) await cancel(world, visit);
      return;
    }
    case 'rebook':
      visits[which] ??= (await attempt(booked(world, times[which]!))) ?? null;
      return;
    case 'hold':
      await attempt(hold(world, times[which]!));
      return;
    case 'ask': {
      const start = times[which % VISITS]!.toZonedDateTimeISO(ZONE);
      const narrow = {
        0: {},
        1: { weekdays: [start.dayOfWeek] },
        2: { fromMinute: start.hour * 60 },
        3: { latestDay: start.toPlainDate().toString() },
      }[wish];
      const entry = await attempt(
        ask(world, people[which]!, { practitioner: world.town.prescriber.slug, ...narrow }),
      );
      if (entry) asked.push(entry);
      return;
    }
    case 'work':
      return work(world, which);
    case 'accept': {
      const open = await openOffer();
      if (open) await attempt(acceptOffer(world.db, open.actor, open.offer.id));
      return;
    }
    case 'decline': {
      const open = await openOffer();
      if (open) await attempt(declineOffer(world.db, open.actor, open.offer.id));
      return;
    }
    case 'leave': {
      const entry = anyOf(asked);
      if (entry) await attempt(leaveWaitlist(world.db, as(entry.patient), entry.entryId));
      return;
    }
    default:
      await passTime(world.owner, { minutes: which });
  }
}

/** Asked of the rows alone, and written apart from the code that makes offers. */
async function broken({ world: { owner }, since }: Day): Promise<unknown[]> {
  const { rows } = await sql`
    WITH offer AS MATERIALIZED (SELECT * FROM waitlist_offer WHERE offered_at >= ${since})
    -- One time kept or given to two: open at the same moment, or taken by one while it was open for another.
    SELECT 'two people' AS rule, a.id FROM offer a JOIN offer b
        ON b.id <> a.id AND b.practitioner_id = a.practitioner_id AND b.during && a.during
       AND tstzrange(a.offered_at, least(a.open_until, coalesce(a.answered_at, 'infinity')))
        && tstzrange(b.offered_at, least(b.open_until, coalesce(b.answered_at, 'infinity')))
    UNION ALL
    SELECT 'offered and booked', o.id FROM offer o JOIN appointment v
        ON v.practitioner_id = o.practitioner_id AND v.live AND v.during && o.during AND (v.hold_expires_at IS NULL OR v.hold_expires_at > app_now())
     WHERE o.state = 'open' AND o.open_until > app_now()
    UNION ALL
    SELECT 'open and not kept', o.id FROM offer o LEFT JOIN block b ON b.id = o.block_id AND b.kind = 'reserved' AND b.span @> o.during
     WHERE o.state = 'open' AND o.open_until > app_now() AND b.id IS NULL
    UNION ALL
    SELECT 'kept for nobody', b.id FROM block b
     WHERE b.reserved_until > app_now() AND NOT EXISTS (SELECT FROM waitlist_offer o WHERE o.block_id = b.id AND o.state = 'open')
    UNION ALL
    -- Who asked earlier, waited then for this practitioner, and is not accounted for.
    SELECT 'passed over in silence', o.id FROM offer o JOIN waitlist_entry own ON own.id = o.entry_id
      JOIN waitlist_entry e ON e.practitioner_id = o.practitioner_id AND e.turn < own.turn AND e.asked_at < o.offered_at
       AND (e.ended_at IS NULL OR e.ended_at > o.offered_at)
     WHERE NOT EXISTS (SELECT FROM waitlist_passed_over p WHERE p.offer_id = o.id AND p.entry_id = e.id)
    UNION ALL
    -- Wishes that the time does fit are passed over for what the patient did or has, and for nothing else.
    SELECT 'reason that is not so', o.id FROM offer o JOIN waitlist_passed_over p ON p.offer_id = o.id JOIN waitlist_entry e ON e.id = p.entry_id
     CROSS JOIN LATERAL (SELECT lower(o.during) AT TIME ZONE 'Europe/London' AS start) AS local
     WHERE CASE p.reason
         WHEN 'has_offer' THEN NOT EXISTS (SELECT FROM waitlist_offer x WHERE x.patient_id = e.patient_id AND x.offered_at <= o.offered_at
                                             AND coalesce(x.answered_at, 'infinity') >= o.offered_at)
         WHEN 'asked_before' THEN NOT EXISTS (SELECT FROM waitlist_offer x WHERE x.entry_id = e.id AND x.id < o.id)
         WHEN 'other_days' THEN local.start::date BETWEEN e.earliest_day AND e.latest_day
         WHEN 'other_weekdays' THEN extract(isodow FROM local.start) = ANY (e.weekdays)
         WHEN 'other_hours' THEN extract(hour FROM local.start) * 60 + extract(minute FROM local.start) >= e.from_minute AND e.until_minute = 1440
         WHEN 'busy' THEN NOT EXISTS (SELECT FROM appointment v WHERE v.patient_id = e.patient_id)
         ELSE true END`.execute(owner);
  return rows;
}

/** Every run takes a day, and the credentials of a practitioner end some day. */
const RUNS_IN_A_WORLD = 200;

async function tryIn(world: World, runs: number, seed: number): Promise<{ made: number; passed: number }> {
  let made = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 8, maxLength: 24 }), async (happenings) => {
      await passTo(world, 10);
      const before = (await offers(world)).length;
      const times = (await apart(world)).slice(0, VISITS);
      const since = await appNow(world.owner);
      const day: Day = { world, times, people: [], visits: [], asked: [], since };
      for (let n = 0; n < PEOPLE; n++) day.people.push(await patient(world.owner));
      for (const time of times) day.visits.push(await booked(world, time));
      for (const which of [0, 1]) await happen(day, { do: 'ask', which });
      for (const each of happenings) {
        await happen(day, each);
        expect(await broken(day)).toEqual([]);
      }
      await work(world, 2);
      expect(await broken(day)).toEqual([]);
      made += (await offers(world)).length - before;
      await clear(day);
    }),
    { numRuns: runs, seed, endOnFailure: true },
  );
  const { passed } = await world.owner
    .selectFrom('waitlist_passed_over')
    .select((eb) => eb.fn.countAll<number>().as('passed'))
    .executeTakeFirstOrThrow();
  return { made, passed };
}

it('never offers one time to two people, nor passes over who asked earlier without a reason that is so', async () => {
  process.stdout.write(`fairness of the waitlist: seed ${SEED}, ${RUNS} runs\n`);
  let [made, passed] = [0, 0];
  for (let done = 0; done < RUNS; done += RUNS_IN_A_WORLD) {
    const tried = await tryIn(await openDay(), Math.min(RUNS_IN_A_WORLD, RUNS - done), SEED + done);
    made += tried.made;
    passed += tried.passed;
  }
  process.stdout.write(`offers made: ${made}, passed over with a reason: ${passed}\n`);
  // Otherwise nothing was tried.
  expect(made).toBeGreaterThan(RUNS);
  expect(passed).toBeGreaterThan(RUNS / 2);
});

/** Everybody leaves, and the calendar is empty again for the next day. */
async function clear({ world, asked }: Day): Promise<void> {
  for (const { entryId, patient: who } of asked) await attempt(leaveWaitlist(world.db, as(who), entryId));
  const live = await world.owner
    .selectFrom('appointment')
    .innerJoin('patient', 'patient.id', 'appointment.patient_id')
    .select(['appointment.id', 'patient.account_id as accountId'])
    .where('appointment.state', '=', 'confirmed')
    .execute();
  for (const { id, accountId } of live)
    await cancelAppointment(world.db, as({ accountId: accountId! }), { appointmentId: id });
  await passTime(world.owner, { minutes: 16 });
  await work(world);
}
