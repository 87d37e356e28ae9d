import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, later, passTime } from '../builders/act.ts';
import * as care from '../builders/care.ts';
import { patient } from '../builders/people.ts';
import { advance } from '../builders/visits.ts';
import {
  attack,
  breaks,
  insert,
  NOTHING,
  overlaps,
  twice,
  unproven,
  update,
  type Statement,
} from './attack.ts';
import { BEGINS, days, newChain, onTheDay, override, secondPlan, treatedBefore } from './means.ts';
import { treatment } from './rows.ts';
import type { Chain, Stage } from './stage.ts';

/** What the prescriber writes about newer answers. */
const decision = ({ ready, prescriber }: Stage, healthAnswersId: string, row: object = {}): Statement =>
  insert('health_decision', {
    health_answers_id: healthAnswersId,
    patient_id: ready.patient.id,
    prescriber_id: prescriber.id,
    decision: 'may_proceed',
    reason: 'Read and discussed',
    decided_by: prescriber.accountId,
    ...row,
  });
const decided = (trx: Queryable, t: Stage, healthAnswersId: string, row: object = {}) =>
  acting(trx, t.prescriber, (as) => decision(t, healthAnswersId, row).execute(as));

/** Treated by the prescriber 15 days ago, on the day of `t.soon`, and reviewed. */
async function reviewedPatient(trx: Queryable, t: Stage, about: { topUpUnits?: number } = {}) {
  const { made, first } = await treatedBefore(trx, t, 15, { injector: t.prescriber, ...about });
  await care.reviewed(trx, first);
  return { made, first };
}
type Reviewed = Awaited<ReturnType<typeof reviewedPatient>>;
/** A top-up of that treatment so many days after it. */
const topUp = (t: Stage, { made, first }: Reviewed, day: number) =>
  treatment(t, made, { top_up_of_id: first.id }, { at: t.soon.add(days(day)) });

/** Time to think, time between treatments, the patient's age, and answers that changed (G4, G7, G8). */
export const clocks = [
  attack('G8', 'before the cooling-off is over', breaks('treatment_cooling_off'), {
    attack: (t) => treatment(t, t.ready, {}, { at: t.soon.subtract({ hours: 2 }) }),
    twin: (t) => treatment(t, t.ready),
  }),
  attack('G8', 'begun early, before the cooling-off is over', breaks('treatment_cooling_off'), {
    before: async (trx, t, lawful) => {
      const made = await newChain(trx, t);
      const booked = await care.bookTreatment(trx, made.consent, await later(trx, { hours: 48 }));
      await passTime(trx, { hours: lawful ? 48 : 47, minutes: lawful ? 2 : 30 });
      await care.confirmConsent(trx, made.consent);
      await care.confirmHealth(trx, booked);
      await advance(trx, booked, 'arrived');
      return booked.id;
    },
    actor: (t) => t.injector,
    attack: (_, id) => update('appointment', id, BEGINS),
  }),
  attack('G8', 'called an unchanged plan, with a higher dose', breaks('treatment_cooling_off'), {
    actor: (t) => t.prescriber,
    before: async (trx, t, lawful) => {
      const consultation = await care.consulted(trx, {
        patient: t.treated.patient,
        prescriber: t.prescriber,
        where: t.leeds,
      });
      const made = await care.prescribe(trx, consultation, {
        injector: t.injector,
        doseUnits: lawful ? 40 : 41,
        unchanged: true,
      });
      const consent = await care.giveConsent(trx, made);
      return {
        patient: t.treated.patient,
        consultation,
        prescription: made,
        consent,
        proof: await care.proofOf(trx, consent),
      };
    },
    attack: (t, made) => treatment(t, made, override(t), { at: t.soon.subtract({ hours: 47 }) }),
  }),
  attack(
    'G8',
    'called an unchanged plan, longer after the last than policy gives',
    breaks('treatment_cooling_off'),
    {
      actor: (t) => t.prescriber,
      before: async (trx, t, lawful) => {
        if (!lawful)
          await sql`UPDATE policy_row SET value = '0' WHERE key = 'unchanged_plan_months'`.execute(trx);
        return newChain(trx, t, { patient: t.treated.patient, doseUnits: 40, unchanged: true });
      },
      attack: (t, made) => treatment(t, made, override(t), { at: t.soon.subtract({ hours: 47 }) }),
    },
  ),
  attack('G8', 'called an unchanged plan, by somebody never treated', breaks('treatment_cooling_off'), {
    before: (trx, t) => newChain(trx, t, { unchanged: true }),
    attack: (t, made) => treatment(t, made, {}, { at: t.soon.subtract({ hours: 47 }) }),
    twin: (t, made) => treatment(t, made),
  }),
  attack('G4', 'long after the consultation', breaks('treatment_consultation_current'), {
    before: (trx, t) => newChain(trx, t, { validDays: 120 }),
    attack: (t, made) => treatment(t, made, {}, { at: t.soon.add(days(83)) }),
    twin: (t, made) => treatment(t, made, {}, { at: t.soon.add(days(81)) }),
  }),
  attack('G8', 'younger than the jurisdiction asks', breaks('treatment_age'), {
    before: async (trx, _, lawful) => {
      if (!lawful)
        await sql`UPDATE policy_row SET value = '60' WHERE key = 'min_age' AND jurisdiction = 'england'`.execute(
          trx,
        );
    },
    attack: (t) => treatment(t, t.ready),
  }),
  attack('G8', 'where no policy is known', breaks('policy_known'), {
    before: async (trx, _, lawful) => {
      if (!lawful) await sql`DELETE FROM policy_row WHERE key = 'min_age'`.execute(trx);
    },
    attack: (t) => treatment(t, t.ready),
  }),
  attack('G7', 'too soon after the last treatment', overlaps('appointment_retreatment_interval'), {
    before: (trx, t) => secondPlan(trx, t),
    attack: (t, made) => treatment(t, made),
    twin: (t, made) => treatment(t, made, {}, { at: t.soon.add(days(75)) }),
  }),
  attack('G7', 'too soon after a treatment elsewhere', breaks('treatment_interval_elsewhere'), {
    before: async (trx, t, lawful) => {
      const who = await patient(trx);
      const day = (await later(trx))
        .toZonedDateTimeISO('UTC')
        .toPlainDate()
        .subtract({ days: lawful ? 100 : 30 });
      await care.answerHealth(trx, who, { lastTreatedElsewhereOn: day.toString() });
      return newChain(trx, t, { patient: who });
    },
    attack: (t, made) => treatment(t, made),
  }),
  attack('G7', 'too soon after an early treatment', breaks('treatment_interval'), {
    before: async (trx, t, lawful) => {
      const early = await secondPlan(trx, t);
      const first = await acting(trx, t.prescriber, (as) =>
        care.bookTreatment(as, early.consent, t.soon, { override: override(t) }),
      );
      if (lawful) await advance(trx, first, 'cancelled');
      return secondPlan(trx, t);
    },
    attack: (t, made) => treatment(t, made, {}, { at: t.soon.add(days(75)) }),
  }),
  attack(
    'G7',
    'an early treatment that the injector allows in the prescriber’s name',
    breaks('treatment_override_in_person'),
    {
      actor: (t, lawful) => (lawful ? t.prescriber : t.injector),
      before: (trx, t) => secondPlan(trx, t),
      attack: (t, made) => treatment(t, made, override(t)),
    },
  ),
  attack(
    'G7',
    'an early treatment that the injector allows',
    unproven('appointment_override_by_prescriber'),
    {
      actor: (t, lawful) => (lawful ? t.prescriber : t.injector),
      before: (trx, t) => secondPlan(trx, t),
      attack: (t, made) => treatment(t, made, { ...override(t), interval_override_by: t.injector.accountId }),
      twin: (t, made) => treatment(t, made, override(t)),
    },
  ),
  attack('G7', 'an early treatment without a reason', breaks('appointment_interval_override'), {
    actor: (t) => t.prescriber,
    before: (trx, t) => secondPlan(trx, t),
    attack: (t, made) => treatment(t, made, { ...override(t), interval_override_reason: ' ' }),
    twin: (t, made) => treatment(t, made, override(t)),
  }),
  attack('G7', 'a top-up in the first two weeks', breaks('treatment_top_up_window'), {
    before: async (trx, t) => {
      const { made, first } = await treatedBefore(trx, t, 5, { injector: t.prescriber });
      await care.reviewed(trx, first);
      return { made, first };
    },
    attack: (t, reviewed) => topUp(t, reviewed, 13),
    twin: (t, reviewed) => topUp(t, reviewed, 20),
  }),
  attack('G7', 'a top-up after four weeks', breaks('treatment_top_up_window'), {
    before: (trx, t) => reviewedPatient(trx, t),
    attack: (t, reviewed) => topUp(t, reviewed, 29),
    twin: (t, reviewed) => topUp(t, reviewed, 18),
  }),
  attack('G7', 'a top-up without a review visit', breaks('treatment_top_up_window'), {
    before: async (trx, t, lawful) => {
      const { made, first } = await treatedBefore(trx, t, 15, { injector: t.prescriber });
      if (lawful) await care.reviewed(trx, first);
      return { made, first };
    },
    attack: (t, reviewed) => topUp(t, reviewed, 18),
  }),
  attack('G7', 'a second top-up', twice('appointment_one_top_up'), {
    before: async (trx, t, lawful) => {
      const reviewed = await reviewedPatient(trx, t);
      const at = t.soon.add(days(18));
      const top = await care.bookTreatment(trx, reviewed.made.consent, at, { topUpOf: reviewed.first });
      if (lawful) await advance(trx, top, 'cancelled');
      return reviewed;
    },
    attack: (t, reviewed) => topUp(t, reviewed, 20),
  }),
  attack('G7', 'a top-up of a top-up', breaks('treatment_top_up_window'), {
    before: async (trx, t, lawful) => {
      const reviewed = await reviewedPatient(trx, t);
      const { made, first } = reviewed;
      if (lawful) return { reviewed, day: 18 };
      const top = await care.bookTreatment(trx, made.consent, await later(trx), { topUpOf: first });
      await care.startTreatment(trx, top);
      await care.finishTreatment(trx, top, await care.draftTreatmentRecord(trx, top, { units: 8 }));
      await passTime(trx, days(15));
      await care.reviewed(trx, top);
      return { reviewed: { made, first: top }, day: 32 };
    },
    attack: (t, { reviewed, day }) => topUp(t, reviewed, day),
  }),
  attack('G7', 'a top-up with nothing reserved for it', breaks('treatment_top_up_window'), {
    before: (trx, t, lawful) => reviewedPatient(trx, t, { topUpUnits: lawful ? 8 : 0 }),
    attack: (t, reviewed) => topUp(t, reviewed, 18),
  }),
  attack('G7', 'a top-up of somebody else’s treatment', breaks('treatment_top_up_window'), {
    before: (trx, t) => reviewedPatient(trx, t),
    attack: (t, { first }) => treatment(t, t.ready, { top_up_of_id: first.id }, { at: t.soon.add(days(18)) }),
    twin: (t, reviewed) => topUp(t, reviewed, 18),
  }),
  attack(
    'G7',
    'a top-up by the injector, where each treatment needs a consultation',
    breaks('treatment_top_up_by_prescriber'),
    {
      before: async (trx, t, lawful) => {
        const { made, first } = await treatedBefore(trx, t, 15, {
          injector: lawful ? t.prescriber : t.injector,
        });
        await care.reviewed(trx, first);
        return { made, first };
      },
      attack: (t, reviewed) => topUp(t, reviewed, 18),
    },
  ),
  attack(
    'G1',
    'a second treatment from one consultation, where each needs its own',
    breaks('treatment_own_consultation'),
    {
      actor: (t) => t.prescriber,
      before: async (trx, t, lawful): Promise<Chain> => {
        if (lawful) return secondPlan(trx, t);
        const { patient: who, consultation } = t.treatedChain;
        const made = await care.prescribe(trx, consultation, { injector: t.injector });
        const consent = await care.giveConsent(trx, made);
        return {
          patient: who,
          consultation,
          prescription: made,
          consent,
          proof: await care.proofOf(trx, consent),
        };
      },
      attack: (t, made) => treatment(t, made, override(t)),
    },
  ),
  attack('G4', 'after the health answers changed', breaks('treatment_answers_reviewed'), {
    before: async (trx, t, lawful) => {
      const id = await care.answerHealth(trx, t.ready.patient, { answers: { pregnant: 'maybe' } });
      if (lawful) await decided(trx, t, id);
    },
    attack: (t) => treatment(t, t.ready),
  }),
  attack('G4', 'after a decision against it', breaks('treatment_answers_reviewed'), {
    before: async (trx, t, lawful) => {
      const id = await care.answerHealth(trx, t.ready.patient, { answers: { pregnant: 'maybe' } });
      await decided(trx, t, id);
      if (!lawful) await decided(trx, t, id, { decision: 'may_not_proceed' });
    },
    attack: (t) => treatment(t, t.ready),
  }),
  attack('G4', 'begun after the answers changed', breaks('treatment_answers_reviewed'), {
    before: async (trx, t, lawful) => {
      await onTheDay(trx, t, 0);
      if (!lawful) await care.answerHealth(trx, t.booked.patient);
    },
    actor: (t) => t.injector,
    attack: (t) => update('appointment', t.booked.id, BEGINS),
  }),
  attack('G4', 'changed answers slipped in below the ones that were read', NOTHING, {
    actor: (t) => t.ready.patient,
    attack: (t) => [
      insert('health_answers', {
        patient_id: t.ready.patient.id,
        version: -1,
        answers: '{}',
        answered_by: t.ready.patient.accountId,
      }),
      sql`SELECT 1 FROM health_answers WHERE patient_id = ${t.ready.patient.id} AND version < 1`,
    ],
    twin: (t) => [
      insert('health_answers', {
        patient_id: t.ready.patient.id,
        version: -1,
        answers: '{}',
        answered_by: t.ready.patient.accountId,
      }),
      sql`SELECT 1 FROM health_answers WHERE patient_id = ${t.ready.patient.id} AND version = 2`,
    ],
  }),
  attack(
    'G4',
    'the prescriber’s decision written by the injector',
    unproven('health_decision_by_prescriber'),
    {
      actor: (t, lawful) => (lawful ? t.prescriber : t.injector),
      before: (trx, t) => care.answerHealth(trx, t.ready.patient),
      attack: (t, id) => decision(t, id),
    },
  ),
  attack('G4', 'the injector’s own decision', breaks('treatment_answers_reviewed'), {
    before: async (trx, t, lawful) => {
      const id = await care.answerHealth(trx, t.ready.patient);
      const who = lawful ? t.prescriber : t.injector;
      await acting(trx, who, (as) =>
        decision(t, id, { prescriber_id: who.id, decided_by: who.accountId }).execute(as),
      );
    },
    attack: (t) => treatment(t, t.ready),
  }),
  attack('G4', 'a decision without a reason', breaks('health_decision_reason'), {
    actor: (t) => t.prescriber,
    before: (trx, t) => care.answerHealth(trx, t.ready.patient),
    attack: (t, id) => decision(t, id, { reason: '  ' }),
    twin: (t, id) => decision(t, id),
  }),
  attack(
    'G4',
    'a decision about another patient’s answers',
    unproven('health_decision_health_answers_id_patient_id_fkey'),
    {
      actor: (t) => t.prescriber,
      before: (trx, t) => care.answerHealth(trx, t.ready.patient),
      attack: (t) => decision(t, t.other.consultation.healthAnswersId),
      twin: (t, id) => decision(t, id),
    },
  ),
  attack('G5', 'on a consultation entered in error', breaks('treatment_answers_reviewed'), {
    before: (trx, t, lawful) =>
      acting(trx, t.prescriber, (as) =>
        as
          .insertInto('consultation_addendum')
          .values({
            consultation_id: t.ready.consultation.id,
            kind: lawful ? 'note' : 'entered_in_error',
            text: 'The wrong patient',
            written_by: t.prescriber.accountId,
          })
          .execute(),
      ),
    attack: (t) => treatment(t, t.ready),
  }),
];
