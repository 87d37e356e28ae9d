import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import * as care from '../builders/care.ts';
import { attack, breaks, forbidden, insert, NOTHING, overlaps, update } from './attack.ts';
import { BEGINS, onTheDay } from './means.ts';
import type { Stage } from './stage.ts';

/** What the law wants everywhere, for this attack. */
const wanted = (trx: Queryable, place: string) =>
  sql`UPDATE policy_row SET value = to_jsonb(${place}::text) WHERE key = 'prescriber_onsite' AND jurisdiction = 'platform'`.execute(
    trx,
  );
const begins = (t: Stage, row: object = {}) => update('appointment', t.booked.id, { ...BEGINS, ...row });
const ON_SITE = { prescriber_where: 'on_site', prescriber_way: null };
const here = (t: Stage, row: object = {}) =>
  insert('presence', { practitioner_id: t.prescriber.id, location_id: t.leeds.locationId, ...row });
const presenceOf = (trx: Queryable, { prescriber }: Stage) =>
  trx
    .selectFrom('presence')
    .where('practitioner_id', '=', prescriber.id)
    .orderBy('id', 'desc')
    .select('id')
    .executeTakeFirstOrThrow()
    .then(({ id }) => id);

/** Where the prescriber is while somebody else injects (G3). */
export const prescriberPlace = [
  attack('G3', 'begun, and nobody says where the prescriber is', breaks('treatment_prescriber_said'), {
    actor: (t) => t.injector,
    before: (trx, t) => onTheDay(trx, t, 0),
    attack: (t) => update('appointment', t.booked.id, { state: 'started' }),
    twin: (t) => begins(t),
  }),
  attack(
    'G3',
    'where the prescriber is, said by somebody who does not inject',
    breaks('treatment_prescriber_said_by'),
    {
      actor: (t, lawful) => (lawful ? t.injector : t.booked.patient),
      before: (trx, t) => onTheDay(trx, t, 0),
      attack: (t) => begins(t),
    },
  ),
  attack('G3', 'a prescriber further away than the law wants', breaks('treatment_prescriber_near'), {
    actor: (t) => t.injector,
    before: async (trx, t) => {
      await wanted(trx, 'immediately_available');
      await onTheDay(trx, t, 0);
    },
    attack: (t) => begins(t),
    twin: (t) => begins(t, { prescriber_where: 'immediately_available' }),
  }),
  attack('G3', 'on the telephone, where the law wants them on site', breaks('treatment_prescriber_near'), {
    actor: (t) => t.injector,
    before: async (trx, t) => {
      await wanted(trx, 'on_site');
      await onTheDay(trx, t, 0);
      await care.beHere(trx, t.prescriber, t.leeds);
    },
    attack: (t) => begins(t, { prescriber_where: 'immediately_available' }),
    twin: (t) => begins(t, ON_SITE),
  }),
  attack('G3', 'on site, by the injector’s word alone', breaks('treatment_prescriber_here'), {
    actor: (t) => t.injector,
    before: async (trx, t, lawful) => {
      await onTheDay(trx, t, 0);
      if (lawful) await care.beHere(trx, t.prescriber, t.leeds);
    },
    attack: (t) => begins(t, ON_SITE),
  }),
  attack('G3', 'on site, by what was said of another place', breaks('treatment_prescriber_here'), {
    actor: (t) => t.injector,
    before: async (trx, t, lawful) => {
      await onTheDay(trx, t, 0);
      await care.beHere(trx, t.prescriber, lawful ? t.leeds : t.elPaso);
    },
    attack: (t) => begins(t, ON_SITE),
  }),
  attack('G3', 'on site, by what was said days before', breaks('treatment_prescriber_here'), {
    actor: (t) => t.injector,
    before: async (trx, t, lawful) => {
      if (!lawful) await care.beHere(trx, t.prescriber, t.leeds);
      await onTheDay(trx, t, 0);
      if (lawful) await care.beHere(trx, t.prescriber, t.leeds);
    },
    attack: (t) => begins(t, ON_SITE),
  }),
  attack('G3', 'on site, after they have left', breaks('treatment_prescriber_here'), {
    actor: (t) => t.injector,
    before: async (trx, t, lawful) => {
      await onTheDay(trx, t, 0);
      await care.beHere(trx, t.prescriber, t.leeds);
      if (!lawful) await care.leave(trx, t.prescriber);
    },
    attack: (t) => begins(t, ON_SITE),
  }),
  attack('G3', 'reachable, and nobody says how', breaks('appointment_prescriber_way'), {
    actor: (t) => t.injector,
    before: (trx, t) => onTheDay(trx, t, 0),
    attack: (t) => begins(t, { prescriber_way: null }),
    twin: (t) => begins(t),
  }),
  attack('G3', 'where the prescriber was, said otherwise later', breaks('treatment_prescriber_said_once'), {
    actor: (t) => t.injector,
    before: async (trx, t, lawful) => {
      await onTheDay(trx, t, 0);
      if (!lawful) await care.beginTreatment(trx, t.booked);
    },
    attack: (t) => update('appointment', t.booked.id, ON_SITE),
    twin: (t) => begins(t),
  }),
  attack('G3', 'where the prescriber is, said before the day', breaks('treatment_prescriber_said_once'), {
    actor: (t) => t.injector,
    before: async (trx, t, lawful) => {
      if (lawful) await onTheDay(trx, t, 0);
    },
    attack: (t) => begins(t, { state: 'confirmed' }),
    twin: (t) => begins(t),
  }),

  attack('G3', 'present, in somebody else’s words', forbidden('presence'), {
    actor: (t, lawful) => (lawful ? t.prescriber : t.injector),
    attack: (t) => here(t),
  }),
  attack('G3', 'in two places at once', overlaps('presence_in_one_place'), {
    actor: (t) => t.prescriber,
    before: async (trx, t, lawful) => {
      await care.beHere(trx, t.prescriber, t.elPaso);
      if (lawful) await care.leave(trx, t.prescriber);
    },
    attack: (t) => here(t),
  }),
  attack('G3', 'present again after they have left, in the same line', breaks('presence_ends_once'), {
    actor: (t) => t.prescriber,
    before: async (trx, t, lawful) => {
      await care.beHere(trx, t.prescriber, t.leeds);
      if (!lawful) await care.leave(trx, t.prescriber);
      return presenceOf(trx, t);
    },
    attack: (_, id) => update('presence', id, { ends_at: sql`app_now() + interval '5 hours'` }),
  }),
  attack('G3', 'somebody else’s presence, ended for them', NOTHING, {
    actor: (t, lawful) => (lawful ? t.prescriber : t.injector),
    before: async (trx, t) => {
      await care.beHere(trx, t.prescriber, t.leeds);
      return presenceOf(trx, t);
    },
    attack: (_, id) => update('presence', id, { ends_at: sql`app_now()` }),
  }),
  attack('G3', 'present since yesterday', forbidden('presence'), {
    actor: (t) => t.prescriber,
    attack: (t) => here(t, { began_at: sql`app_now() - interval '1 day'` }),
    twin: (t) => here(t),
  }),
  attack('P3', 'a stranger who reads presence', NOTHING, {
    actor: (t, lawful) => (lawful ? t.prescriber : t.stranger),
    before: (trx, t) => care.beHere(trx, t.prescriber, t.leeds),
    attack: (t) => sql`SELECT 1 FROM presence WHERE practitioner_id = ${t.prescriber.id}`,
  }),
];
