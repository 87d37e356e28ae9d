import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import type { Place } from '../builders/places.ts';
import { block, closure, episode } from '../builders/visits.ts';
import { attack, breaks, during, insert, overlaps, unproven, update } from './attack.ts';
import { consultation, of } from './rows.ts';
import type { Stage } from './stage.ts';

/** Changes what the prescriber says about working at a place. */
const terms = (trx: Queryable, { prescriber }: Stage, where: Place, row: object) =>
  trx
    .updateTable('practice')
    .set(row)
    .where('practitioner_id', '=', prescriber.id)
    .where('location_id', '=', where.locationId)
    .execute();

const room = async (trx: Queryable, { locationId }: Place) => {
  const { id } = await trx
    .insertInto('room')
    .values({ location_id: locationId, name: 'Room 1' })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
};

const theOther = ({ other }: Stage) => of(other.patient, other.consultation.visit.episodeId);

/** Noon in Leeds on a weekday of the week after next: 1 is Monday, 8 the Monday after. */
const noon = ({ soon }: Stage, weekday: number) => {
  const day = soon.toZonedDateTimeISO('Europe/London').toPlainDate().add({ weeks: 2 });
  const monday = day.subtract({ days: day.dayOfWeek - 1 });
  const at = monday.add({ days: weekday - 1 });
  return at.toZonedDateTime({ timeZone: 'Europe/London', plainTime: '12:00' }).toInstant();
};

const afterAVisitInLeeds = { minutes: 30 + 10 + 5 };

export const schedules = [
  attack('C1', 'a visit elsewhere that leaves no time for the way', overlaps('block_travel'), {
    before: async (trx, t) => {
      await terms(trx, t, t.elPaso, { travel_minutes: 60 });
      return of(t.other.patient, await episode(trx, t.other.patient, t.elPaso));
    },
    attack: (t, whose) => [
      ...consultation(t),
      ...consultation(t, { where: t.elPaso, at: t.soon.add(afterAVisitInLeeds) }, whose),
    ],
    twin: (t, whose) => [
      ...consultation(t),
      ...consultation(t, { where: t.elPaso, at: t.soon.add(afterAVisitInLeeds).add({ hours: 1 }) }, whose),
    ],
  }),
  attack('C1', 'time that says there is no way to it', overlaps('block_travel'), {
    before: async (trx, t, lawful) => {
      if (!lawful) await terms(trx, t, t.elPaso, { travel_minutes: 60 });
      await block(trx, { who: t.prescriber, where: t.leeds }, t.soon, t.soon.add({ hours: 1 }));
    },
    attack: (t) =>
      insert('block', {
        practitioner_id: t.prescriber.id,
        location_id: t.elPaso.locationId,
        kind: 'reserved',
        reserved_until: t.soon,
        span: during(t.soon.add({ hours: 1 }), 60),
        reach: 'empty',
      }),
  }),
  attack('C1', 'two visits in one room at once', overlaps('block_room_no_overlap'), {
    before: (trx, t) => room(trx, t.leeds),
    attack: (t, id) => [
      ...consultation(t, { room: id }),
      ...consultation(t, { room: id, who: t.otherPrescriber, at: t.soon.add({ minutes: 15 }) }, theOther(t)),
    ],
    twin: (t, id) => [
      ...consultation(t, { room: id }),
      ...consultation(
        t,
        { room: id, who: t.otherPrescriber, at: t.soon.add(afterAVisitInLeeds) },
        theOther(t),
      ),
    ],
  }),
  attack('C1', 'a room of another location', unproven('block_room'), {
    before: (trx, t, lawful) => room(trx, lawful ? t.leeds : t.elPaso),
    attack: (t, id) => consultation(t, { room: id }),
  }),
  attack('C1', 'a visit without a room where rooms are needed', breaks('appointment_room'), {
    before: async (trx, t) => {
      await terms(trx, t, t.leeds, { needs_room: true });
      return room(trx, t.leeds);
    },
    attack: (t) => consultation(t),
    twin: (t, id) => consultation(t, { room: id }),
  }),
  attack('C1', 'a visit whose block is at another location', unproven('appointment_block_location'), {
    attack: (t) => consultation(t, { blockAt: t.elPaso }),
    twin: (t) => consultation(t, { blockAt: t.leeds }),
  }),
  attack('C1', 'time taken without an end', breaks('block_span'), {
    attack: (t) =>
      insert('block', {
        practitioner_id: t.loneInjector.id,
        location_id: t.leeds.locationId,
        kind: 'reserved',
        reserved_until: t.soon,
        span: sql`tstzrange(${t.soon}::timestamptz, NULL)`,
      }),
    twin: (t) =>
      insert('block', {
        practitioner_id: t.loneInjector.id,
        location_id: t.leeds.locationId,
        kind: 'reserved',
        reserved_until: t.soon,
        span: during(t.soon, 60),
      }),
  }),
  attack('C4', 'time kept for nothing and for ever', breaks('block_reserved_until'), {
    attack: (t) =>
      insert('block', {
        practitioner_id: t.prescriber.id,
        location_id: t.leeds.locationId,
        kind: 'reserved',
        span: during(t.soon, 60),
      }),
    twin: (t) =>
      insert('block', {
        practitioner_id: t.prescriber.id,
        location_id: t.leeds.locationId,
        kind: 'reserved',
        reserved_until: t.soon,
        span: during(t.soon, 60),
      }),
  }),
  attack('C1', 'a visit moved into closed time', breaks('appointment_closed'), {
    before: async (trx, t, lawful) => {
      await closure(trx, lawful ? t.otherPrescriber : t.prescriber, t.soon, t.soon.add({ hours: 1 }));
      const from = t.soon.subtract({ minutes: 5 });
      return {
        during: during(t.soon, 30),
        block_id: await block(trx, { who: t.prescriber, where: t.leeds }, from, t.soon.add({ minutes: 40 })),
        block_span: during(from, 45),
      };
    },
    attack: (t, made) => update('appointment', t.upcoming.id, made),
  }),
  attack('C1', 'a closure of nobody and nowhere', breaks('closure_of_somebody'), {
    attack: (t) => insert('closure', { span: during(noon(t, 1), 60) }),
    twin: (t) => insert('closure', { practitioner_id: t.candidate.id, span: during(noon(t, 1), 60) }),
  }),
  attack('C3', 'one more than the practice takes on a day', breaks('appointment_limit'), {
    before: (trx, t) => terms(trx, t, t.leeds, { daily_limit: 1 }),
    attack: (t) => [
      ...consultation(t, { at: noon(t, 1) }),
      ...consultation(t, { at: noon(t, 1).add({ hours: 2 }) }, theOther(t)),
    ],
    twin: (t) => [
      ...consultation(t, { at: noon(t, 1) }),
      ...consultation(t, { at: noon(t, 2) }, theOther(t)),
    ],
  }),
  attack('C3', 'one more than the practice takes in a week', breaks('appointment_limit'), {
    before: (trx, t) => terms(trx, t, t.leeds, { weekly_limit: 1 }),
    attack: (t) => [
      ...consultation(t, { at: noon(t, 1) }),
      ...consultation(t, { at: noon(t, 7) }, theOther(t)),
    ],
    twin: (t) => [
      ...consultation(t, { at: noon(t, 7) }),
      ...consultation(t, { at: noon(t, 8) }, theOther(t)),
    ],
  }),
];
