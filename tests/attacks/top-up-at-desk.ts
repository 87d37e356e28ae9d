import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { rangeValue, type Queryable } from '#lib/server/platform/db.ts';
import { span } from '#lib/server/platform/instants.ts';
import type { Signer } from '../builders/act.ts';
import * as care from '../builders/care.ts';
import { clinicMember } from '../builders/people.ts';
import { attack, breaks, during, insert, NOTHING, type Statement } from './attack.ts';
import { days, treatedBefore } from './means.ts';
import { treatment } from './rows.ts';
import type { Stage } from './stage.ts';

/** Treated two weeks ago with units kept back, reviewed today; with a member of that clinic's desk, and one of another's. */
async function reviewedPatient(trx: Queryable, t: Stage) {
  const { made, first } = await treatedBefore(trx, t, 15, { injector: t.prescriber, topUpUnits: 8 });
  await care.reviewed(trx, first);
  const [here, elsewhere] = [await clinicMember(trx, t.leeds), await clinicMember(trx, t.elPaso)];
  return { made, first, here, elsewhere };
}
type Reviewed = { first: care.Treatment; here: Signer; elsewhere: Signer };

/** Taken by the desk so many days after the day of `soon`, by its own function. */
function atDesk({ prescriber, leeds, soon }: Stage, { first }: Reviewed, day: number): Statement[] {
  const at = soon.add(days(day));
  const taken = rangeValue(span(at.subtract({ minutes: 5 }), at.add({ minutes: 40 })));
  const block = {
    id: randomUUID(),
    practitioner_id: prescriber.id,
    location_id: leeds.locationId,
    kind: 'appointment',
    span: taken,
  };
  return [
    insert('block', block),
    sql`SELECT book_top_up_at_desk(${first.id}, ${leeds.locationId}, ${during(at, 30)}, ${block.id}, ${taken}, 'telephone')`,
  ];
}

/** Under another policy than the one that is shipped. */
const policy = (trx: Queryable, key: string, value: number) =>
  sql`UPDATE policy_row SET value = to_jsonb(${value}::integer) WHERE key = ${key} AND jurisdiction = 'platform'`.execute(
    trx,
  );

/** A desk books a top-up and reads no record for it; when one is open is policy (G7, P1). */
export const topUpAtDesk = [
  attack('P1', 'a top-up booked at the desk of another clinic', breaks('top_up_by_desk'), {
    before: reviewedPatient,
    actor: (_t, lawful, { here, elsewhere }) => (lawful ? here : elsewhere),
    attack: (t, reviewed) => atDesk(t, reviewed, 18),
  }),
  attack('P1', 'what a desk is told of a top-up, asked from another desk', NOTHING, {
    before: reviewedPatient,
    actor: (_t, lawful, { here, elsewhere }) => (lawful ? here : elsewhere),
    attack: (_t, { made }) => sql`SELECT 1 FROM desk_top_ups(${made.patient.id})`,
  }),
  attack('P1', 'a prescription read at the desk that may book its top-up', NOTHING, {
    before: reviewedPatient,
    actor: (t, lawful, { here }) => (lawful ? t.prescriber : here),
    attack: (_t, { made }) => sql`SELECT 1 FROM prescription WHERE id = ${made.prescription.id}`,
  }),
  attack('G7', 'a top-up booked at the desk after its days', breaks('treatment_top_up_window'), {
    before: reviewedPatient,
    actor: (_t, _lawful, { here }) => here,
    attack: (t, reviewed) => atDesk(t, reviewed, 29),
    twin: (t, reviewed) => atDesk(t, reviewed, 18),
  }),
  attack('G7', 'a top-up before the first day that policy gives', breaks('treatment_top_up_window'), {
    before: async (trx, t, lawful) => {
      if (!lawful) await policy(trx, 'top_up_from_day', 21);
      return reviewedPatient(trx, t);
    },
    attack: (t, { made, first }) =>
      treatment(t, made, { top_up_of_id: first.id }, { at: t.soon.add(days(18)) }),
  }),
  attack('G7', 'a top-up after the last day that policy gives', breaks('treatment_top_up_window'), {
    before: async (trx, t, lawful) => {
      if (!lawful) await policy(trx, 'top_up_until_day', 17);
      return reviewedPatient(trx, t);
    },
    attack: (t, { made, first }) =>
      treatment(t, made, { top_up_of_id: first.id }, { at: t.soon.add(days(18)) }),
  }),
];
