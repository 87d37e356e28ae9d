import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { later, passTime } from '../builders/act.ts';
import { patient, practitioner, visitor } from '../builders/people.ts';
import { place } from '../builders/places.ts';
import { advance, book, closure, episode } from '../builders/visits.ts';
import { attack, breaks, during, insert, NOTHING, overlaps, twice, unproven, update } from './attack.ts';
import { consultation, of, visit } from './rows.ts';
import { shortLived, type Stage } from './stage.ts';

/** Moves the clock to a moment of the future. */
const setClock = (trx: Queryable, moment: string) =>
  sql`UPDATE clock SET ahead_by = ahead_by + (${moment}::timestamptz - app_now())`.execute(trx);

/** A visitor's hold, extended so often. */
const extended = async (trx: Queryable, { holdId }: Stage, times: number) => {
  for (let time = 1; time <= times; time++)
    await sql`UPDATE appointment SET hold_extensions = ${time} WHERE id = ${holdId}`.execute(trx);
};

/** Somebody born so many years and days before today, with an episode in Leeds. */
const born = async (trx: Queryable, { leeds }: Stage, dateOfBirth: string) => {
  const young = await patient(trx, { dateOfBirth });
  return of(young, await episode(trx, young, leeds));
};
const today = async (trx: Queryable) => (await later(trx)).toZonedDateTimeISO('Europe/London').toPlainDate();

export const calendar = [
  attack('C1', 'two visits of one practitioner at once', overlaps('block_no_overlap'), {
    attack: (t) => [
      ...consultation(t),
      ...consultation(
        t,
        { at: t.soon.add({ minutes: 15 }) },
        of(t.other.patient, t.other.consultation.visit.episodeId),
      ),
    ],
    twin: (t) => [
      ...consultation(t),
      ...consultation(
        t,
        { at: t.soon.add({ minutes: 45 }) },
        of(t.other.patient, t.other.consultation.visit.episodeId),
      ),
    ],
  }),
  attack('C1', 'a visit within the buffer of another', overlaps('block_no_overlap'), {
    attack: (t) => [
      ...consultation(t),
      ...consultation(
        t,
        { at: t.soon.add({ minutes: 30 }) },
        of(t.other.patient, t.other.consultation.visit.episodeId),
      ),
    ],
    twin: (t) => [
      ...consultation(t),
      ...consultation(
        t,
        { at: t.soon.add({ minutes: 45 }) },
        of(t.other.patient, t.other.consultation.visit.episodeId),
      ),
    ],
  }),
  attack('C1', 'a closure over a booked visit', breaks('closure_over_nothing'), {
    attack: (t) => insert('closure', { practitioner_id: t.prescriber.id, span: during(t.upcoming.at, 60) }),
    twin: (t) =>
      insert('closure', {
        practitioner_id: t.prescriber.id,
        span: during(t.upcoming.at.add({ minutes: 60 }), 60),
      }),
  }),
  attack('C1', 'a location closed over a booked visit', breaks('closure_over_nothing'), {
    attack: (t) => insert('closure', { location_id: t.leeds.locationId, span: during(t.upcoming.at, 60) }),
    twin: (t) => insert('closure', { location_id: t.elPaso.locationId, span: during(t.upcoming.at, 60) }),
  }),
  attack('C1', 'a visit in closed time', breaks('appointment_closed'), {
    before: async (trx, t, lawful) => {
      await closure(trx, lawful ? t.otherPrescriber : t.prescriber, t.soon, t.soon.add({ hours: 1 }));
    },
    attack: (t) => consultation(t),
  }),
  attack('C1', 'a visit while the location is closed', breaks('appointment_closed'), {
    before: async (trx, t, lawful) => {
      const { locationId } = lawful ? t.elPaso : t.leeds;
      await trx
        .insertInto('closure')
        .values({ location_id: locationId, span: during(t.soon, 60) })
        .execute();
    },
    attack: (t) => consultation(t),
  }),
  attack('C1', 'a visit without its buffers', breaks('appointment_buffers'), {
    attack: (t) => consultation(t, { before: 0, after: 0 }),
    twin: (t) => consultation(t),
  }),
  attack('C1', 'the buffers cut off afterwards', breaks('appointment_buffers'), {
    before: (trx, t) =>
      trx
        .selectFrom('appointment')
        .select('block_id')
        .where('id', '=', t.upcoming.id)
        .executeTakeFirstOrThrow(),
    attack: (t, made) => [
      sql`SET CONSTRAINTS appointment_block DEFERRED`,
      update('block', made.block_id!, { span: during(t.upcoming.at, 30) }),
      update('appointment', t.upcoming.id, { block_span: during(t.upcoming.at, 30) }),
    ],
    twin: (t, made) => [
      sql`SET CONSTRAINTS appointment_block DEFERRED`,
      update('block', made.block_id!, { span: during(t.upcoming.at.subtract({ minutes: 30 }), 120) }),
      update('appointment', t.upcoming.id, {
        block_span: during(t.upcoming.at.subtract({ minutes: 30 }), 120),
      }),
    ],
  }),
  attack('C1', 'a visit longer than its block', breaks('appointment_buffers'), {
    attack: (t) => consultation(t, {}, { during: during(t.soon, 90) }),
    twin: (t) => consultation(t, { minutes: 90 }),
  }),
  attack('C1', 'a block of another practitioner', unproven('appointment_block'), {
    attack: (t) => consultation(t, {}, { practitioner_id: t.otherPrescriber.id }),
    twin: (t) => consultation(t, { who: t.otherPrescriber }),
  }),
  attack('C1', 'a live visit that takes no time', breaks('appointment_live_has_block'), {
    attack: (t) => consultation(t, {}, { block_id: null, block_span: null }),
    twin: (t) => consultation(t),
  }),
  attack('C1', 'two visits on one block', twice('appointment_one_per_block'), {
    before: (trx, t) =>
      trx
        .selectFrom('appointment')
        .select('block_id')
        .where('id', '=', t.upcoming.id)
        .executeTakeFirstOrThrow(),
    attack: (t, made) =>
      consultation(
        t,
        {},
        {
          during: during(t.upcoming.at, 30),
          block_id: made.block_id,
          block_span: sql`(SELECT span FROM block WHERE id = ${made.block_id})`,
        },
      ),
    twin: (t) => consultation(t),
  }),
  attack('C1', 'the block of a live visit taken away', unproven('appointment_block'), {
    before: async (trx, t, lawful) => {
      const { block_id } = await trx
        .selectFrom('appointment')
        .select('block_id')
        .where('id', '=', t.upcoming.id)
        .executeTakeFirstOrThrow();
      if (!lawful) return block_id!;
      const { id } = await trx
        .insertInto('block')
        .values({
          practitioner_id: t.prescriber.id,
          location_id: t.leeds.locationId,
          kind: 'appointment',
          span: during(t.soon, 60),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return id;
    },
    attack: (_, id) => sql`DELETE FROM block WHERE id = ${id}`,
  }),
  attack('C1', 'a closure without an end', breaks('closure_span'), {
    attack: (t) =>
      insert('closure', {
        practitioner_id: t.candidate.id,
        span: sql`tstzrange(${t.soon}::timestamptz, NULL)`,
      }),
    twin: (t) => insert('closure', { practitioner_id: t.candidate.id, span: during(t.soon, 60) }),
  }),
  attack('C2', 'a patient in two places', overlaps('appointment_patient_no_overlap'), {
    attack: (t) => [...consultation(t), ...consultation(t, { who: t.otherPrescriber })],
    twin: (t) => [
      ...consultation(t),
      ...consultation(t, { who: t.otherPrescriber, at: t.soon.add({ minutes: 30 }) }),
    ],
  }),
  attack('C4', 'confirming a hold that has run out', breaks('appointment_hold_live'), {
    before: async (trx, t, lawful) => {
      await passTime(trx, { minutes: lawful ? 9 : 11 });
      return of(t.ready.patient, t.ready.consultation.visit.episodeId);
    },
    attack: (t, made) => update('appointment', t.holdId, { state: 'confirmed', ...made }),
  }),
  attack('C4', 'extending a hold that has run out', breaks('appointment_hold_live'), {
    before: (trx, _, lawful) => passTime(trx, { minutes: lawful ? 9 : 11 }),
    attack: (t) => update('appointment', t.holdId, { hold_extensions: 1 }),
  }),
  attack('C4', 'extending a hold a third time', breaks('appointment_hold_extensions'), {
    before: (trx, t, lawful) => extended(trx, t, lawful ? 1 : 2).then(() => (lawful ? 2 : 3)),
    attack: (t, times) => update('appointment', t.holdId, { hold_extensions: times }),
  }),
  attack('C4', 'two extensions at once', breaks('appointment_hold_live'), {
    attack: (t) => update('appointment', t.holdId, { hold_extensions: 2 }),
    twin: (t) => update('appointment', t.holdId, { hold_extensions: 1 }),
  }),
  attack('C4', 'a hold of nobody', breaks('appointment_held_is_owned'), {
    before: (trx) => visitor(trx),
    attack: (t) =>
      consultation(t, {}, { state: 'held', patient_id: null, patient_date_of_birth: null, episode_id: null }),
    twin: (t, { id }) =>
      consultation(
        t,
        {},
        { state: 'held', patient_id: null, patient_date_of_birth: null, episode_id: null, party_id: id },
      ),
  }),
  attack('C4', 'a hold with an hour of its own choice', NOTHING, {
    before: async (trx, t) => {
      const { id } = await visitor(trx);
      return visit(
        { who: t.prescriber, where: t.leeds, at: t.soon },
        { state: 'held', party_id: id, hold_expires_at: sql`app_now() + interval '1 hour'` },
      );
    },
    attack: (_, held) => [
      ...held,
      sql`SELECT 1 FROM appointment WHERE hold_expires_at > app_now() + interval '11 minutes'`,
    ],
    twin: (_, held) => [
      ...held,
      sql`SELECT 1 FROM appointment WHERE hold_expires_at > app_now() + interval '9 minutes'`,
    ],
  }),
  attack('C4', 'a confirmed visit that ends like a hold', breaks('appointment_held_until'), {
    attack: (t) => consultation(t, {}, { hold_expires_at: t.soon }),
    twin: (t) => consultation(t),
  }),
  attack('C4', 'a visitor who becomes a second patient', breaks('booking_party_becomes_once'), {
    before: async (trx, t, lawful) => {
      const party = await visitor(trx);
      if (!lawful)
        await trx
          .updateTable('booking_party')
          .set({ patient_id: t.other.patient.id })
          .where('id', '=', party.id)
          .execute();
      return party.id;
    },
    attack: (t, id) => update('booking_party', id, { patient_id: t.ready.patient.id }),
  }),

  attack('C8', 'a visit that starts as completed', breaks('appointment_transition'), {
    attack: (t) =>
      consultation(t, {}, { state: 'completed', started_at: t.soon, block_id: null, block_span: null }),
    twin: (t) => consultation(t),
  }),
  attack('C8', 'a cancelled visit revived', breaks('appointment_frozen'), {
    before: async (trx, t, lawful) => {
      await advance(trx, t.upcoming, lawful ? 'paused' : 'cancelled');
      const taken = during(t.upcoming.at.subtract({ minutes: 5 }), 45);
      const { id } = await trx
        .insertInto('block')
        .values({
          practitioner_id: t.prescriber.id,
          location_id: t.leeds.locationId,
          kind: 'appointment',
          span: taken,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return { state: 'confirmed', cancelled_by: null, block_id: id, block_span: taken };
    },
    attack: (t, made) => update('appointment', t.upcoming.id, made),
  }),
  attack('C8', 'a finished visit rewritten', breaks('appointment_frozen'), {
    attack: (t) => update('appointment', t.reviewVisit.id, { reason: 'It never happened' }),
    twin: (t) => update('appointment', t.upcoming.id, { reason: 'Came by bus' }),
  }),
  attack('C8', 'a visit given to another patient', breaks('appointment_parties'), {
    attack: (t) =>
      update('appointment', t.upcoming.id, of(t.ready.patient, t.ready.consultation.visit.episodeId)),
    twin: (t) => update('appointment', t.upcoming.id, of(t.upcoming.patient, t.upcoming.episodeId)),
  }),
  attack(
    'C8',
    'a visit made in person after it was booked as something else',
    breaks('appointment_parties'),
    {
      attack: (t) => update('appointment', t.upcoming.id, { kind: 'follow_up' }),
      twin: (t) => update('appointment', t.upcoming.id, { kind: 'consultation' }),
    },
  ),
  attack('C8', 'booked for yesterday', breaks('appointment_not_back_dated'), {
    attack: (t) => consultation(t, { at: t.soon.subtract({ hours: 73 }) }),
    twin: (t) => consultation(t),
  }),
  attack('C8', 'begun before its day', breaks('appointment_not_yet'), {
    before: async (trx, _, lawful) => {
      if (lawful) await passTime(trx, { hours: 72 });
    },
    attack: (t) => update('appointment', t.upcoming.id, { state: 'arrived' }),
  }),
  attack('C8', 'begun long after its day', breaks('appointment_day_over'), {
    before: (trx, _, lawful) => passTime(trx, { hours: lawful ? 74 : 96 }),
    attack: (t) => update('appointment', t.upcoming.id, { state: 'arrived' }),
  }),
  attack('C8', 'a no-show before anybody could come', breaks('appointment_not_yet'), {
    before: async (trx, _, lawful) => {
      if (lawful) await passTime(trx, { hours: 73 });
    },
    attack: (t) => update('appointment', t.upcoming.id, { state: 'no_show', no_show_by: 'patient' }),
  }),
  attack('C8', 'a no-show of nobody', breaks('appointment_no_show_by'), {
    before: (trx) => passTime(trx, { hours: 73 }),
    attack: (t) => update('appointment', t.upcoming.id, { state: 'no_show' }),
    twin: (t) => update('appointment', t.upcoming.id, { state: 'no_show', no_show_by: 'practitioner' }),
  }),
  attack('C8', 'completed without having begun', breaks('appointment_transition'), {
    before: (trx) => passTime(trx, { hours: 72 }),
    attack: (t) => update('appointment', t.upcoming.id, { state: 'completed' }),
    twin: (t) => update('appointment', t.upcoming.id, { state: 'arrived' }),
  }),
  attack('C8', 'begun though nobody has arrived', breaks('appointment_transition'), {
    before: (trx) => passTime(trx, { hours: 72 }),
    attack: (t) => update('appointment', t.upcoming.id, { state: 'started' }),
    twin: (t) => update('appointment', t.upcoming.id, { state: 'arrived' }),
  }),
  attack('C8', 'cancelled by nobody', breaks('appointment_cancelled_by'), {
    attack: (t) => update('appointment', t.upcoming.id, { state: 'cancelled' }),
    twin: (t) => update('appointment', t.upcoming.id, { state: 'cancelled', cancelled_by: 'practice' }),
  }),
  attack('C8', 'a start that the clock did not write', NOTHING, {
    before: (trx) => passTime(trx, { hours: 72 }),
    attack: (t) => [
      update('appointment', t.upcoming.id, { state: 'arrived' }),
      update('appointment', t.upcoming.id, { state: 'started', started_at: t.soon }),
      sql`SELECT 1 FROM appointment WHERE id = ${t.upcoming.id} AND started_at = ${t.soon}`,
    ],
    twin: (t) => [
      update('appointment', t.upcoming.id, { state: 'arrived' }),
      update('appointment', t.upcoming.id, { state: 'started' }),
      sql`SELECT 1 FROM appointment WHERE id = ${t.upcoming.id} AND started_at <= app_now()`,
    ],
  }),
  attack('C8', 'a visit of five hours', breaks('appointment_during'), {
    attack: (t) => consultation(t, { minutes: 300 }),
    twin: (t) => consultation(t, { minutes: 240 }),
  }),
  attack('C8', 'a confirmed visit of nobody', breaks('appointment_named'), {
    attack: (t) => consultation(t, {}, { patient_id: null, patient_date_of_birth: null, episode_id: null }),
    twin: (t) => consultation(t),
  }),
  attack('C8', 'an episode of another patient', unproven('appointment_episode'), {
    attack: (t) => consultation(t, {}, { episode_id: t.other.consultation.visit.episodeId }),
    twin: (t) => consultation(t),
  }),
  attack('C8', 'an episode that is closed and has no end', breaks('care_episode_closed'), {
    attack: (t) => update('care_episode', t.upcoming.episodeId, { state: 'closed' }),
    twin: (t) => update('care_episode', t.upcoming.episodeId, { state: 'closed', closed_at: sql`app_now()` }),
  }),

  attack('G9', 'a visit in another jurisdiction than its location', unproven('appointment_location'), {
    attack: (t) => consultation(t, {}, { jurisdiction: 'texas' }),
    twin: (t) => consultation(t),
  }),
  attack('L3', 'a place where the practitioner does not work', unproven('block_practice'), {
    before: async (trx, t, lawful) => {
      const where = lawful ? t.leeds : await place(trx);
      return { where, episode_id: await episode(trx, t.ready.patient, where) };
    },
    attack: (t, { where, episode_id }) => consultation(t, { where }, { episode_id }),
  }),
  attack('G1', 'a consultation by video', breaks('appointment_in_person'), {
    attack: (t) => consultation(t, {}, { mode: 'video' }),
    twin: (t) => consultation(t, {}, { mode: 'in_person' }),
  }),
  attack('G8', 'a patient one day short of eighteen', breaks('appointment_adult'), {
    before: async (trx, t, lawful) =>
      born(
        trx,
        t,
        (await today(trx))
          .subtract({ years: 18 })
          .add({ days: lawful ? 0 : 1 })
          .toString(),
      ),
    attack: (t, young) => consultation(t, {}, young),
  }),
  attack('G8', 'born on 29 February, on the 28th eighteen years later', breaks('appointment_adult'), {
    before: async (trx, t, lawful) => {
      await setClock(trx, lawful ? '2030-03-01T12:00:00Z' : '2030-02-28T12:00:00Z');
      return { ...(await born(trx, t, '2012-02-29')), at: await later(trx, { hours: 1 }) };
    },
    attack: (t, { at, ...young }) => consultation(t, { at }, { kind: 'follow_up', ...young }),
  }),
  attack('G8', 'an older date of birth than the patient’s own', unproven('appointment_patient'), {
    before: (trx, t) => today(trx).then((day) => born(trx, t, day.subtract({ years: 17 }).toString())),
    attack: (t, young) => consultation(t, {}, { ...young, patient_date_of_birth: '1988-02-29' }),
    twin: (t) => consultation(t),
  }),
  attack('G8', 'a patient without a date of birth', breaks('appointment_patient_with_birth'), {
    attack: (t) => consultation(t, {}, { patient_date_of_birth: null }),
    twin: (t) => consultation(t),
  }),

  attack('L3', 'a consultation with somebody who may not consult', unproven('appointment_capability'), {
    attack: (t) => consultation(t, { who: t.injector }),
    twin: (t) => consultation(t),
  }),
  attack('L3', 'a consultation with somebody nobody has checked', unproven('appointment_capability'), {
    before: async (trx, t, lawful) => {
      const who = lawful ? await shortLived(trx, t, 'doctor', 300) : await practitioner(trx);
      if (!lawful)
        await trx
          .insertInto('practice')
          .values({
            practitioner_id: who.id,
            location_id: t.leeds.locationId,
            currency: 'GBP',
            consultation_fee_minor: 0,
            consultation_minutes: 30,
          })
          .execute();
      return who;
    },
    attack: (t, who) => consultation(t, { who }),
  }),
  attack('L2', 'a consultation with somebody suspended', unproven('appointment_standing'), {
    before: async (trx, t, lawful) => {
      const who = await shortLived(trx, t, 'doctor', 300);
      if (!lawful) await sql`SELECT suspend_practitioner(${who.id})`.execute(trx);
      return who;
    },
    attack: (t, who) => consultation(t, { who }),
  }),
  attack('L4', 'a consultation begun after the credentials ended', unproven('appointment_capability'), {
    before: async (trx, t, lawful) => {
      const who = await shortLived(trx, t, 'doctor', lawful ? 30 : 2);
      const visit = await book(trx, {
        kind: 'consultation',
        patient: t.ready.patient,
        who,
        where: t.leeds,
        at: await later(trx, { days: 3 }),
      });
      await passTime(trx, { hours: 72 });
      await advance(trx, visit, 'arrived');
      return visit.id;
    },
    attack: (_, id) => update('appointment', id, { state: 'started' }),
  }),
  attack('L2', 'a suspension over the heads of booked patients', unproven('appointment_standing'), {
    before: async (trx, t, lawful) => {
      const who = await shortLived(trx, t, 'doctor', 30);
      const visit = await book(trx, {
        kind: 'consultation',
        patient: t.ready.patient,
        who,
        where: t.leeds,
        at: t.soon,
      });
      if (lawful) await advance(trx, visit, 'paused');
      return who.id;
    },
    attack: (_, id) => sql`SELECT suspend_practitioner(${id})`,
  }),
];
