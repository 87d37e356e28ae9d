import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, later } from '../builders/act.ts';
import { supervise } from '../builders/vetting.ts';
import { advance } from '../builders/visits.ts';
import { attack, breaks, insert, overlaps, twice, unproven, update, type Statement } from './attack.ts';
import { newChain } from './means.ts';
import { treatment } from './rows.ts';
import { shortLived, type Stage } from './stage.ts';

const supervision = ({ loneInjector, prescriber }: Stage, row: object = {}): Statement =>
  insert('supervision', {
    injector_id: loneInjector.id,
    prescriber_id: prescriber.id,
    jurisdiction: 'england',
    seat: 2,
    injector_accepted_by: loneInjector.accountId,
    ...row,
  });

/** A supervision that the injector has asked for and the prescriber has not answered. */
const asked = (trx: Queryable, { prescriber, loneInjector }: Stage, seat: number, injector = loneInjector) =>
  acting(trx, injector, (as) =>
    as
      .insertInto('supervision')
      .values({
        injector_id: injector.id,
        prescriber_id: prescriber.id,
        jurisdiction: 'england',
        seat,
        injector_accepted_by: injector.accountId,
      })
      .returning('id')
      .executeTakeFirstOrThrow(),
  );

const A_YEAR = sql`tstzrange(app_now(), app_now() + interval '1 year')`;

/** Who injects may do so throughout, under the prescriber's eyes (G3, L2, L8). */
export const supervisionAttacks = [
  attack('G3', 'accepted after it was declined', breaks('supervision_declined'), {
    before: async (trx, t, lawful) => {
      const { id } = await asked(trx, t, 2);
      if (!lawful) await update('supervision', id, { declined_at: sql`app_now()` }).execute(trx);
      return { id };
    },
    actor: (t) => t.prescriber,
    attack: (t, { id }) =>
      update('supervision', id, { prescriber_accepted_by: t.prescriber.accountId, valid: A_YEAR }),
  }),
  attack('G3', 'the same question twice', twice('supervision_one_question'), {
    before: async (trx, t, lawful) => {
      const { id } = await asked(trx, t, 2);
      if (lawful) await update('supervision', id, { declined_at: sql`app_now()` }).execute(trx);
    },
    actor: (t) => t.loneInjector,
    attack: (t) => supervision(t),
  }),
  attack('G3', 'an injector whom nobody supervises', unproven('appointment_supervision'), {
    before: async (trx, t, lawful) => {
      if (lawful) await supervise(trx, t.loneInjector, t.prescriber, { seat: 2 });
    },
    attack: (t) => treatment(t, t.lone),
  }),
  attack('G3', 'supervised by another than the prescriber', unproven('appointment_supervision'), {
    before: (trx, t, lawful) =>
      supervise(trx, t.loneInjector, lawful ? t.prescriber : t.otherPrescriber, { seat: 2 }),
    attack: (t) => treatment(t, t.lone),
  }),
  attack('G3', 'a supervision that ends before the treatment', unproven('appointment_supervision'), {
    before: (trx, t, lawful) =>
      supervise(trx, t.loneInjector, t.prescriber, { seat: 2, days: lawful ? 3 : 2 }),
    attack: (t) => treatment(t, t.lone),
  }),
  attack(
    'G3',
    'an injector who says that nobody needs to supervise',
    unproven('appointment_own_prescribing'),
    {
      attack: (t) => treatment(t, t.ready, { independent: true }),
      twin: (t) => treatment(t, t.own, { independent: true }),
    },
  ),
  attack(
    'G3',
    'supervised by somebody who may no longer prescribe',
    unproven('appointment_supervisor_prescribes'),
    {
      before: async (trx, t, lawful) => {
        const prescriber = await shortLived(trx, t, 'doctor', lawful ? 30 : 2);
        await supervise(trx, t.loneInjector, prescriber);
        return newChain(trx, t, { prescriber, injector: t.loneInjector });
      },
      attack: (t, made) => treatment(t, made),
    },
  ),
  attack('G3', 'a supervision accepted by one side', breaks('supervision_accepted_by_both'), {
    actor: (t) => t.loneInjector,
    before: async (trx, t, lawful) => {
      const asked = await acting(trx, t.prescriber, (as) =>
        as
          .insertInto('supervision')
          .values({
            injector_id: t.loneInjector.id,
            prescriber_id: t.prescriber.id,
            jurisdiction: 'england',
            seat: 2,
            prescriber_accepted_by: lawful ? t.prescriber.accountId : null,
          })
          .returning('id')
          .executeTakeFirstOrThrow(),
      );
      return asked.id;
    },
    attack: (t, id) =>
      update('supervision', id, { injector_accepted_by: t.loneInjector.accountId, valid: A_YEAR }),
  }),
  attack('G3', 'a supervision accepted in the prescriber’s name', breaks('supervision_accepted_in_person'), {
    actor: (t) => t.loneInjector,
    attack: (t) => supervision(t, { prescriber_accepted_by: t.prescriber.accountId }),
    twin: (t) => supervision(t),
  }),
  attack('G3', 'a supervision accepted by a passer-by', unproven('supervision_injector_accepts'), {
    actor: (t) => t.stranger,
    attack: (t) => supervision(t, { injector_accepted_by: t.stranger.accountId }),
    twin: (t) => supervision(t, { injector_accepted_by: null }),
  }),
  attack('G3', 'a supervision taken on by a passer-by', unproven('supervision_prescriber_accepts'), {
    actor: (t) => t.stranger,
    attack: (t) =>
      supervision(t, { injector_accepted_by: null, prescriber_accepted_by: t.stranger.accountId }),
    twin: (t) => supervision(t, { injector_accepted_by: null }),
  }),
  attack('G3', 'more supervised than policy allows', breaks('supervision_seat'), {
    actor: (t) => t.loneInjector,
    attack: (t) => supervision(t, { seat: 7 }),
    twin: (t) => supervision(t, { seat: 6 }),
  }),
  attack('G3', 'two injectors on one seat', overlaps('supervision_cap'), {
    actor: (t) => t.prescriber,
    before: async (trx, t, lawful) => (await asked(trx, t, lawful ? 2 : 1)).id,
    attack: (t, id) =>
      update('supervision', id, { prescriber_accepted_by: t.prescriber.accountId, valid: A_YEAR }),
  }),
  attack('G3', 'the same supervision twice', overlaps('supervision_no_overlap'), {
    actor: (t) => t.prescriber,
    before: async (trx, t, lawful) => (await asked(trx, t, 3, lawful ? t.loneInjector : t.injector)).id,
    attack: (t, id) =>
      update('supervision', id, { prescriber_accepted_by: t.prescriber.accountId, valid: A_YEAR }),
  }),
  attack('G3', 'a supervision stretched by one side', breaks('supervision_frozen'), {
    actor: (t) => t.loneInjector,
    before: (trx, t) => supervise(trx, t.loneInjector, t.prescriber, { seat: 2 }),
    attack: (_, id) =>
      update('supervision', id, { valid: sql`tstzrange(lower(valid), upper(valid) + interval '1 year')` }),
    twin: (_, id) =>
      update('supervision', id, { valid: sql`tstzrange(lower(valid), upper(valid) - interval '1 month')` }),
  }),
  attack('G3', 'a supervision without a beginning', breaks('supervision_valid'), {
    actor: (t) => t.prescriber,
    before: async (trx, t) => (await asked(trx, t, 2)).id,
    attack: (t, id) =>
      update('supervision', id, {
        prescriber_accepted_by: t.prescriber.accountId,
        valid: sql`tstzrange(NULL, app_now() + interval '1 year')`,
      }),
    twin: (t, id) =>
      update('supervision', id, { prescriber_accepted_by: t.prescriber.accountId, valid: A_YEAR }),
  }),
  attack('G3', 'a prescriber who supervises herself', breaks('supervision_two_people'), {
    actor: (t) => t.prescriber,
    attack: (t) => supervision(t, { injector_id: t.prescriber.id, injector_accepted_by: null }),
    twin: (t) => supervision(t, { injector_accepted_by: null }),
  }),
  attack('G3', 'a supervision ended under a booked treatment', unproven('appointment_supervision'), {
    actor: (t) => t.prescriber,
    before: async (trx, t, lawful) => {
      if (lawful)
        for (const each of [t.booked, t.underway])
          await advance(trx, each, each === t.booked ? 'cancelled' : 'stopped');
    },
    attack: (t) =>
      sql`UPDATE supervision SET valid = tstzrange(lower(valid), app_now() + interval '1 hour') WHERE injector_id = ${t.injector.id} RETURNING 1`,
  }),
  attack('L2', 'a suspended injector', unproven('appointment_standing'), {
    before: async (trx, t, lawful) => {
      await supervise(trx, t.loneInjector, t.prescriber, { seat: 2 });
      if (!lawful) await sql`SELECT suspend_practitioner(${t.loneInjector.id})`.execute(trx);
    },
    attack: (t) => treatment(t, t.lone),
  }),
  attack('L2', 'a suspended prescriber', breaks('treatment_cover'), {
    before: async (trx, t, lawful) => {
      const prescriber = await shortLived(trx, t, 'doctor', 30);
      await supervise(trx, t.loneInjector, prescriber);
      const made = await newChain(trx, t, { prescriber, injector: t.loneInjector });
      if (!lawful) await sql`SELECT suspend_practitioner(${prescriber.id})`.execute(trx);
      return made;
    },
    attack: (t, made) => treatment(t, made),
  }),
  attack('L8', 'nobody named for the weeks after', breaks('treatment_cover'), {
    before: async (trx, t, lawful) => {
      if (!lawful)
        await sql`UPDATE practitioner SET out_of_hours_phone = NULL WHERE id = ${t.injector.id}`.execute(trx);
    },
    attack: (t) => treatment(t, t.ready),
  }),
  attack('G3', 'an injector whose credentials end within the treatment', unproven('appointment_capability'), {
    before: async (trx, t, lawful) => {
      const injector = await shortLived(trx, t, 'registered_nurse', lawful ? 30 : 3);
      await supervise(trx, injector, t.prescriber, { seat: 2 });
      const made = await newChain(trx, t, { injector });
      const midnight = (await later(trx)).toZonedDateTimeISO('UTC').startOfDay().add({ days: 3 });
      return { made, at: midnight.subtract({ minutes: 10 }).toInstant() };
    },
    attack: (t, { made, at }) => treatment(t, made, {}, { at }),
  }),
];
