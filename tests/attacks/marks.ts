import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, passTime, type Signer } from '../builders/act.ts';
import { attack, breaks, insert, twice, unproven, update } from './attack.ts';
import type { Stage } from './stage.ts';

/** Moves the clock to so many minutes after the start of the upcoming visit. */
const clockAt = (trx: Queryable, { upcoming }: Stage, minutes: number) =>
  sql`UPDATE clock SET ahead_by = ahead_by + (${upcoming.at.add({ minutes })}::timestamptz - app_now())`.execute(
    trx,
  );

const noShow = ({ upcoming }: Stage) =>
  update('appointment', upcoming.id, { state: 'no_show', no_show_by: 'patient' });

/** The patient of the upcoming visit is marked as not come, by this account. */
async function marked(trx: Queryable, t: Stage, by: Signer = t.prescriber): Promise<void> {
  await clockAt(trx, t, 11);
  await acting(trx, by, (as) => noShow(t).execute(as));
}

const appeal = ({ upcoming }: Stage, row: object = {}) =>
  insert('appointment_appeal', {
    appointment_id: upcoming.id,
    words: 'I was there.',
    made_by: upcoming.patient.accountId,
    made_at: upcoming.at,
    ...row,
  });

/** Marked, and appealed by its patient; the id of the appeal. */
async function appealed(trx: Queryable, t: Stage): Promise<string> {
  await marked(trx, t);
  await acting(trx, t.upcoming.patient, (as) => appeal(t).execute(as));
  const { id } = await trx
    .selectFrom('appointment_appeal')
    .select('id')
    .where('appointment_id', '=', t.upcoming.id)
    .executeTakeFirstOrThrow();
  return id;
}

const correction = ({ upcoming, otherPrescriber }: Stage, row: object = {}) =>
  insert('appointment_correction', {
    appointment_id: upcoming.id,
    finding: 'was_kept',
    reason: 'Seen at the desk',
    decided_by: otherPrescriber.accountId,
    decided_at: upcoming.at,
    ...row,
  });

/** What is noted about a visit that did not take place, and how it is put right. */
export const marks = [
  attack('C8', 'a no-show while the practice itself is late', breaks('appointment_late_grace'), {
    before: async (trx, t, lawful) => {
      const { who, where, at } = t.upcoming;
      const late = {
        practitioner_id: who.id,
        location_id: where.locationId,
        on_date: at.toZonedDateTimeISO(where.timeZone).toPlainDate().toString(),
        minutes: lawful ? 10 : 30,
      };
      await acting(trx, t.prescriber, (as) => insert('running_late', late).execute(as));
      await clockAt(trx, t, 25);
    },
    actor: (t) => t.prescriber,
    attack: noShow,
  }),
  attack('C8', 'an appeal by somebody else', breaks('appointment_appeal_open'), {
    before: (trx, t) => marked(trx, t),
    actor: (t, lawful) => (lawful ? t.upcoming.patient : t.stranger),
    attack: (t) => appeal(t),
  }),
  attack('C8', 'an appeal of a visit about which nothing is noted', breaks('appointment_appeal_open'), {
    before: async (trx, t, lawful) => {
      if (lawful) await marked(trx, t);
    },
    actor: (t) => t.upcoming.patient,
    attack: (t) => appeal(t),
  }),
  attack('C8', 'an appeal after more than 14 days', breaks('appointment_appeal_open'), {
    before: async (trx, t, lawful) => {
      await marked(trx, t);
      await passTime(trx, { hours: lawful ? 13 * 24 : 15 * 24 });
    },
    actor: (t) => t.upcoming.patient,
    attack: (t) => appeal(t),
  }),
  attack('C8', 'an appeal made twice', twice('appointment_appeal_once'), {
    before: async (trx, t, lawful) => {
      await (lawful ? marked(trx, t) : appealed(trx, t));
    },
    actor: (t) => t.upcoming.patient,
    attack: (t) => appeal(t),
  }),
  attack('C8', 'a decision by who made the mark', breaks('appointment_correction_second_person'), {
    before: appealed,
    actor: (t, lawful) => (lawful ? t.otherPrescriber : t.prescriber),
    attack: (t, appealId) => correction(t, { appeal_id: appealId }),
  }),
  attack('C8', 'a decision by the patient', breaks('appointment_correction_second_person'), {
    before: (trx, t) => marked(trx, t),
    actor: (t, lawful) => (lawful ? t.prescriber : t.upcoming.patient),
    attack: (t) => correction(t),
  }),
  attack('C8', 'a correction where there is nothing to correct', breaks('appointment_correction_of_mark'), {
    before: async (trx, t, lawful) => {
      if (lawful) await marked(trx, t);
    },
    actor: (t) => t.otherPrescriber,
    attack: (t) => correction(t),
  }),
  attack('C8', 'a second correction', twice('appointment_correction_once'), {
    before: async (trx, t, lawful) => {
      await marked(trx, t);
      if (!lawful) await acting(trx, t.prescriber, (as) => correction(t).execute(as));
    },
    actor: (t) => t.otherPrescriber,
    attack: (t) => correction(t),
  }),
  attack('C8', 'a mark upheld that nobody objected to', breaks('appointment_correction_stands'), {
    before: appealed,
    actor: (t) => t.otherPrescriber,
    attack: (t) => correction(t, { finding: 'stands' }),
    twin: (t, appealId) => correction(t, { finding: 'stands', appeal_id: appealId }),
  }),
  attack(
    'C8',
    'a correction that answers another visit’s appeal',
    unproven('appointment_correction_answers'),
    {
      before: async (trx, t) => {
        const appealId = await appealed(trx, t);
        await sql`UPDATE appointment SET state = 'no_show', no_show_by = 'patient' WHERE id = ${t.booked.id}`.execute(
          trx,
        );
        return appealId;
      },
      actor: (t) => t.otherPrescriber,
      attack: (t, appealId) => correction(t, { appointment_id: t.booked.id, appeal_id: appealId }),
      twin: (t, appealId) => correction(t, { appeal_id: appealId }),
    },
  ),
];
