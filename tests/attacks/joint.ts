import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { rangeValue, type Queryable } from '#lib/server/platform/db.ts';
import { span } from '#lib/server/platform/instants.ts';
import type { Practitioner } from '../builders/people.ts';
import { practise, type Place } from '../builders/places.ts';
import { advance, book, type Visit } from '../builders/visits.ts';
import { attack, breaks, during, insert, twice, unproven, update } from './attack.ts';
import type { Stage } from './stage.ts';

/** A consultation to come of somebody who was treated here two weeks ago, and the injector's time behind it. */
interface Joint {
  visit: Visit;
  block: string;
  id: string;
}

async function prepare(
  trx: Queryable,
  t: Stage,
  {
    patient = t.treated.patient,
    ...kept
  }: { patient?: Visit['patient'] } & Parameters<typeof behind>[3] = {},
): Promise<Joint> {
  const { prescriber: who, leeds: where, soon: at } = t;
  const visit = await book(trx, { kind: 'consultation', patient, who, where, at });
  return { visit, block: await behind(trx, t, visit, kept), id: randomUUID() };
}

const endOf = ({ at, minutes }: Visit) => at.add({ minutes });

/** A reserved block of the injector around the half hour after a consultation. Returns its id. */
async function behind(
  trx: Queryable,
  t: Stage,
  visit: Visit,
  {
    who = t.injector,
    where = t.leeds,
    afterMinutes = 0,
    forMinutes = 60,
  }: { who?: Practitioner; where?: Place; afterMinutes?: number; forMinutes?: number } = {},
): Promise<string> {
  const id = randomUUID();
  await insert('block', {
    id,
    practitioner_id: who.id,
    location_id: where.locationId,
    kind: 'reserved',
    reserved_until: endOf(visit).add({ minutes: forMinutes }),
    span: around(endOf(visit).add({ minutes: afterMinutes })),
  }).execute(trx);
  return id;
}

const around = (at: Temporal.Instant) =>
  rangeValue(span(at.subtract({ minutes: 5 }), at.add({ minutes: 40 })));

const keep = (t: Stage, { id, visit, block }: Joint, row: object = {}) =>
  insert('joint_reservation', {
    id,
    consultation_appointment_id: visit.id,
    injector_id: t.injector.id,
    // The database says these itself.
    location_id: t.leeds.locationId,
    block_span: around(endOf(visit)),
    kept_until: endOf(visit),
    during: during(endOf(visit), 30),
    block_id: block,
    ...row,
  });

/** Time that is kept. */
async function kept(trx: Queryable, t: Stage): Promise<Joint> {
  const made = await prepare(trx, t);
  await keep(t, made).execute(trx);
  return made;
}

/** The injector's time is kept behind one consultation, where it belongs, for who was treated here, for an hour. */
export const joint = [
  attack('C1', 'time kept twice behind one consultation', twice('joint_reservation_one_open'), {
    before: async (trx, t, lawful) => {
      const made = await kept(trx, t);
      if (lawful) await sql`DELETE FROM block WHERE id = ${made.block}`.execute(trx);
      const block = await behind(trx, t, made.visit, { who: t.otherPrescriber });
      return { ...made, id: randomUUID(), block };
    },
    attack: (t, made) => keep(t, made, { injector_id: t.otherPrescriber.id }),
  }),
  attack('C1', 'one kept time for two consultations', twice('joint_reservation_one_per_block'), {
    before: async (trx, t, lawful) => {
      const made = await prepare(trx, t);
      // Of the other prescriber, at the same hour: one time lies right behind both.
      const { patient } = t.underway;
      await sql`UPDATE appointment SET state = 'completed' WHERE id = ${t.underway.id}`.execute(trx);
      const where = t.leeds;
      const also = await book(trx, {
        kind: 'consultation',
        patient,
        who: t.otherPrescriber,
        where,
        at: t.soon,
      });
      if (!lawful) await keep(t, made).execute(trx);
      return { ...made, id: randomUUID(), visit: also };
    },
    attack: (t, made) => keep(t, made),
  }),
  attack('C1', 'a colleague’s kept time behind a consultation', unproven('joint_reservation_block'), {
    before: (trx, t, lawful) => prepare(trx, t, lawful ? {} : { who: t.loneInjector }),
    attack: (t, made) => keep(t, made),
  }),
  attack('C1', 'time kept at another place', unproven('joint_reservation_block_location'), {
    before: async (trx, t, lawful) => {
      await practise(trx, t.injector, t.elPaso);
      return prepare(trx, t, { where: lawful ? t.leeds : t.elPaso });
    },
    attack: (t, made) => keep(t, made),
  }),
  attack('C1', 'a time beside what is kept', breaks('joint_reservation_within_block'), {
    before: (trx, t) => prepare(trx, t),
    attack: (t, made) => keep(t, made, { during: during(endOf(made.visit).add({ minutes: 20 }), 30) }),
    twin: (t, made) => keep(t, made),
  }),
  attack('G1', 'time kept behind a consultation that is off', breaks('joint_reservation_confirmed'), {
    before: async (trx, t, lawful) => {
      const made = await prepare(trx, t);
      if (!lawful) await advance(trx, made.visit, 'cancelled');
      return made;
    },
    attack: (t, made) => keep(t, made),
  }),
  attack('C1', 'time kept long after the consultation', breaks('joint_reservation_right_after'), {
    before: (trx, t, lawful) => prepare(trx, t, { afterMinutes: lawful ? 30 : 31 }),
    attack: (t, made) => keep(t, made, { during: during(endOf(made.visit).add({ minutes: 31 }), 30) }),
    twin: (t, made) => keep(t, made, { during: during(endOf(made.visit).add({ minutes: 30 }), 30) }),
  }),
  attack('G2', 'time kept for somebody never treated here', breaks('joint_reservation_treated_here'), {
    before: (trx, t, lawful) => prepare(trx, t, lawful ? {} : { patient: t.ready.patient }),
    attack: (t, made) => keep(t, made),
  }),
  attack('C1', 'time kept for half a day', breaks('joint_reservation_an_hour'), {
    before: (trx, t, lawful) => prepare(trx, t, { forMinutes: lawful ? 60 : 61 }),
    attack: (t, made) => keep(t, made),
  }),
  attack('G1', 'kept time that was let go, called treated', breaks('joint_reservation_ends_once'), {
    before: async (trx, t, lawful) => {
      const made = await kept(trx, t);
      if (!lawful) await sql`DELETE FROM block WHERE id = ${made.block}`.execute(trx);
      return made;
    },
    attack: (_, { id }) => update('joint_reservation', id, { outcome: 'treated' }),
  }),
];
