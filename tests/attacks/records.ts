import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, passTime } from '../builders/act.ts';
import * as care from '../builders/care.ts';
import { patient } from '../builders/people.ts';
import { advance } from '../builders/visits.ts';
import { attack, breaks, insert, NOTHING, twice, unproven, update, type Statement } from './attack.ts';
import { newChain } from './means.ts';
import { treatment } from './rows.ts';
import { shortLived, type Stage } from './stage.ts';

const signSuitable = ({ inRoom }: Stage, row: object = {}): Statement =>
  update('consultation_record', inRoom.id, { state: 'signed', outcome: 'suitable', ...row });
const doctorInRoom = ({ inRoom }: Stage) => inRoom.visit.who;

/** A record for the consultation that is booked in three days. */
const record = ({ upcoming, prescriber }: Stage, row: object = {}): Statement =>
  insert('consultation_record', {
    appointment_id: upcoming.id,
    patient_id: upcoming.patient.id,
    prescriber_id: prescriber.id,
    jurisdiction: 'england',
    ...row,
  });

const consultedAs = async (trx: Queryable, { prescriber, leeds }: Stage, outcome: care.Outcome) =>
  care.consulted(trx, { patient: await patient(trx), prescriber, where: leeds, outcome });

const signTreatment = ({ draftId }: Stage): Statement =>
  update('treatment_record', draftId, { state: 'signed' });
const treatmentRecord = ({ booked, injector }: Stage, row: object = {}): Statement =>
  insert('treatment_record', {
    appointment_id: booked.id,
    patient_id: booked.patient.id,
    injector_id: injector.id,
    prescription_id: booked.prescription.id,
    product_name: 'BOTOX',
    product_code: 'botox',
    batch: 'C7431A',
    batch_expires_on: '2040-01-01',
    ...row,
  });

const tell = (treatmentId: string, kinds: readonly string[]) =>
  sql`INSERT INTO deviation (treatment_id, kind, reason) SELECT ${treatmentId}, unnest(${kinds}::text[]), 'It had to be so' RETURNING 1`;

/** What makes the draft under way differ from the plan, and the kinds of difference it then shows. */
const DEVIATIONS: Record<
  string,
  { differ: (trx: Queryable, t: Stage) => Promise<unknown>; shows?: readonly string[] }
> = {
  over_dose: {
    differ: (trx, t) =>
      sql`UPDATE injection_point SET units = 60 WHERE treatment_id = ${t.draftId}`.execute(trx),
  },
  other_region: {
    differ: (trx, t) =>
      sql`UPDATE injection_point SET region = 'jaw' WHERE treatment_id = ${t.draftId}`.execute(trx),
  },
  other_product: {
    differ: (trx, t) => update('treatment_record', t.draftId, { product_code: 'bocouture' }).execute(trx),
  },
  unlisted_product: {
    differ: (trx, t) => update('treatment_record', t.draftId, { product_code: null }).execute(trx),
    shows: ['unlisted_product', 'other_product'],
  },
  expired_batch: {
    differ: (trx, t) =>
      update('treatment_record', t.draftId, { batch_expires_on: '2020-01-01' }).execute(trx),
  },
  other_vial: {
    differ: async (trx, t) =>
      care.planVial(
        trx,
        t.underway,
        await care.vial(trx, { where: t.leeds, dispensedFor: t.underway.patient }),
      ),
  },
  stopped_half_way: {
    differ: (trx, t) => update('treatment_record', t.draftId, { ended_as: 'stopped' }).execute(trx),
  },
};

/** Records of a visit tell all, are signed by who held it, and stay as they are (G5, G6, G11). */
export const records = [
  ...Object.entries({
    'without having seen who it is': { identity_seen: false },
    'without having seen the age': { age_seen: false },
    'without having offered a chaperone': { chaperone: ' ' },
    'while capacity is in doubt': { capacity: 'in_doubt' },
    'when it is not the patient’s own choice': { own_choice: false },
    'with a worrying body image': { body_image_screen: 'positive' },
    'without an examination': { examination: '' },
    'without a region': { regions: [] },
    'without health answers': { health_answers_id: null },
  }).map(([words, lacking]) =>
    attack('G11', `found suitable ${words}`, breaks('consultation_record_suitable'), {
      actor: doctorInRoom,
      attack: (t) => signSuitable(t, lacking),
      twin: (t) => signSuitable(t),
    }),
  ),
  attack(
    'G11',
    'found suitable against an absolute finding',
    breaks('consultation_record_no_absolute_finding'),
    {
      actor: doctorInRoom,
      before: (trx, t, lawful) =>
        insert('consultation_finding', {
          consultation_id: t.inRoom.id,
          code: 'pregnancy',
          severity: 'absolute',
          present: !lawful,
        }).execute(trx),
      attack: (t) => signSuitable(t),
    },
  ),
  attack(
    'G11',
    'found suitable with a question unanswered',
    breaks('consultation_record_questions_answered'),
    {
      actor: doctorInRoom,
      before: (trx, t, lawful) =>
        insert('consultation_question', {
          consultation_id: t.inRoom.id,
          question: 'How long does it last?',
          answer: lawful ? 'Three to four months' : ' ',
        }).execute(trx),
      attack: (t) => signSuitable(t),
    },
  ),
  attack(
    'G11',
    'found suitable with a risk not acknowledged',
    breaks('consultation_record_risks_acknowledged'),
    {
      actor: doctorInRoom,
      before: async (trx, t, lawful) => {
        if (!lawful)
          await sql`UPDATE risk_disclosure SET acknowledged_at = NULL WHERE consultation_id = ${t.inRoom.id}
          AND risk_code = (SELECT min(code) FROM disclosable_risk WHERE required)`.execute(trx);
      },
      attack: (t) => signSuitable(t),
    },
  ),
  attack(
    'G11',
    'found suitable on answers that are no longer the latest',
    breaks('consultation_record_latest_answers'),
    {
      actor: doctorInRoom,
      before: async (trx, t, lawful) => {
        if (!lawful) await care.answerHealth(trx, t.inRoom.visit.patient);
      },
      attack: (t) => signSuitable(t),
    },
  ),
  attack('G1', 'a consultation signed without an outcome', breaks('consultation_record_signature'), {
    actor: doctorInRoom,
    attack: (t) => signSuitable(t, { outcome: null }),
    twin: (t) => signSuitable(t),
  }),
  attack(
    'G1',
    'a consultation signed in the prescriber’s name',
    unproven('consultation_record_signed_by_prescriber'),
    {
      actor: (t, lawful) => (lawful ? t.inRoom.visit.who : t.inRoom.visit.patient),
      attack: (t) => signSuitable(t),
    },
  ),
  attack('G1', 'a consultation signed before it has begun', breaks('consultation_record_during_visit'), {
    actor: (t) => t.prescriber,
    before: async (trx, t, lawful) => {
      await record(t).execute(trx);
      if (!lawful) return;
      await passTime(trx, { hours: 72 });
      await advance(trx, t.upcoming, 'arrived', 'started');
    },
    attack: (t) =>
      update('consultation_record', t.upcoming.id, { state: 'signed', outcome: 'defer' }, 'appointment_id'),
  }),
  attack(
    'G1',
    'a consultation signed when the credentials have ended',
    unproven('consultation_record_capability'),
    {
      before: async (trx, t, lawful) => {
        const prescriber = await shortLived(trx, t, 'doctor', lawful ? 30 : 2);
        const seen = await care.consulting(trx, { patient: await patient(trx), prescriber, where: t.leeds });
        await passTime(trx, { hours: 72 });
        return seen;
      },
      actor: (_, __, seen) => seen.visit.who,
      attack: (_, seen) => update('consultation_record', seen.id, { state: 'signed', outcome: 'suitable' }),
    },
  ),
  attack('G1', 'a consultation record born signed', breaks('consultation_record_starts_draft'), {
    actor: (t) => t.prescriber,
    attack: (t) =>
      record(t, {
        state: 'signed',
        outcome: 'defer',
        signed_at: sql`app_now()`,
        signed_by: t.prescriber.accountId,
      }),
    twin: (t) => record(t),
  }),
  attack(
    'G1',
    'a consultation written by somebody who did not hold it',
    unproven('consultation_record_of_visit'),
    {
      actor: (t) => t.prescriber,
      attack: (t) => record(t, { prescriber_id: t.otherPrescriber.id }),
      twin: (t) => record(t),
    },
  ),
  attack('G1', 'a review visit that counts as a consultation', unproven('consultation_record_of_visit'), {
    actor: (t) => t.injector,
    attack: (t) =>
      record(t, {
        appointment_id: t.reviewVisit.id,
        patient_id: t.reviewVisit.patient.id,
        prescriber_id: t.injector.id,
      }),
    twin: (t) => sql`SELECT 1 FROM follow_up_record WHERE appointment_id = ${t.reviewVisit.id}`,
  }),
  attack('G5', 'a second record of one consultation', twice('consultation_record_once'), {
    actor: (t) => t.prescriber,
    before: async (trx, t, lawful) => {
      if (!lawful) await record(t).execute(trx);
    },
    attack: (t) => record(t),
  }),
  attack('G5', 'a consultation record given to another visit', breaks('consultation_record_parties'), {
    actor: doctorInRoom,
    attack: (t) => update('consultation_record', t.inRoom.id, { appointment_id: t.upcoming.id }),
    twin: (t) => update('consultation_record', t.inRoom.id, { appointment_id: t.inRoom.visit.id }),
  }),
  attack('G5', 'a signed consultation edited', breaks('consultation_record_frozen'), {
    actor: (t, lawful) => (lawful ? t.inRoom.visit.who : t.prescriber),
    attack: (t) => update('consultation_record', t.ready.consultation.id, { plan: 'More of everything' }),
    twin: (t) => update('consultation_record', t.inRoom.id, { plan: 'More of everything' }),
  }),
  attack('G5', 'a signature taken back', breaks('consultation_record_frozen'), {
    before: (trx, t) => consultedAs(trx, t, 'not_suitable'),
    actor: (t) => t.prescriber,
    attack: (_, { id }) =>
      update('consultation_record', id, { state: 'draft', signed_at: null, signed_by: null }),
    twin: (t, { id }) =>
      insert('consultation_addendum', {
        consultation_id: id,
        kind: 'note',
        text: 'Called back',
        written_by: t.prescriber.accountId,
      }),
  }),
  ...Object.entries({
    consultation_finding: { code: 'asymmetry', severity: 'caution', present: true },
    consultation_question: { question: 'Does it hurt?', answer: 'A little' },
    risk_disclosure: { risk_code: sql`(SELECT max(code) FROM disclosable_risk)`, risk_version: 1 },
  }).map(([table, row]) =>
    attack('G5', `a ${table} put into a signed consultation`, breaks('consultation_part_frozen'), {
      actor: (t) => t.prescriber,
      before: (trx, t) => record(t).execute(trx),
      attack: (t) => insert(table, { consultation_id: t.ready.consultation.id, ...row }),
      twin: (t) =>
        insert(table, {
          consultation_id: sql`(SELECT id FROM consultation_record WHERE appointment_id = ${t.upcoming.id})`,
          ...row,
        }),
    }),
  ),

  ...Object.entries(DEVIATIONS).map(([kind, { differ, shows = [kind] }]) =>
    attack('G6', `${kind} without a reason`, breaks('treatment_record_deviations_told'), {
      actor: (t) => t.injector,
      before: async (trx, t, lawful) => {
        await differ(trx, t);
        if (lawful) await tell(t.draftId, shows).execute(trx);
      },
      attack: signTreatment,
    }),
  ),
  ...Object.entries(DEVIATIONS).map(([kind, { differ, shows = [kind] }]) =>
    attack(
      'G6',
      `another treatment on a prescription once ${kind} is told`,
      twice('appointment_prescription_single_use'),
      {
        before: async (trx, t, lawful) => {
          await differ(trx, t);
          await tell(t.draftId, shows).execute(trx);
          await acting(trx, t.injector, (as) => signTreatment(t).execute(as));
          await advance(trx, t.underway, 'completed');
          const { prescription, consent, patient: who } = t.underway;
          if (lawful) return newChain(trx, t, { patient: who });
          const { consultation } = prescription;
          return {
            patient: who,
            consultation,
            prescription,
            consent,
            proof: await care.proofOf(trx, consent),
          };
        },
        actor: (t) => t.prescriber,
        attack: (t, made) =>
          treatment(t, made, {
            interval_override_reason: 'No effect',
            interval_override_by: t.prescriber.accountId,
          }),
      },
    ),
  ),
  attack(
    'G6',
    'a treatment recorded though nobody prescribed it, and no reason',
    breaks('treatment_record_deviations_told'),
    {
      actor: (t) => t.injector,
      before: async (trx, t, lawful) => {
        await treatmentRecord(t, {
          appointment_id: t.reviewVisit.id,
          patient_id: t.reviewVisit.patient.id,
          prescription_id: null,
        }).execute(trx);
        const { id } = await trx
          .selectFrom('treatment_record')
          .select('id')
          .where('appointment_id', '=', t.reviewVisit.id)
          .executeTakeFirstOrThrow();
        if (lawful) await tell(id, ['without_prescription']).execute(trx);
        return id;
      },
      attack: (_, id) => update('treatment_record', id, { state: 'signed' }),
    },
  ),
  attack('G6', 'a deviation without a reason', breaks('deviation_reason'), {
    actor: (t) => t.injector,
    attack: (t) => insert('deviation', { treatment_id: t.draftId, kind: 'over_dose', reason: ' ' }),
    twin: (t) => insert('deviation', { treatment_id: t.draftId, kind: 'over_dose', reason: 'A second look' }),
  }),
  attack('G6', 'a deviation added after the signature', breaks('treatment_part_frozen'), {
    actor: (t) => t.injector,
    attack: (t) => tell(t.treatedRecordId, ['over_dose']),
    twin: (t) => tell(t.draftId, ['over_dose']),
  }),
  attack('G5', 'a signed treatment edited', breaks('treatment_record_frozen'), {
    actor: (t) => t.injector,
    attack: (t) => update('treatment_record', t.treatedRecordId, { batch: 'B0000' }),
    twin: (t) => update('treatment_record', t.draftId, { batch: 'B0000' }),
  }),
  attack('G5', 'a point put into a signed treatment', breaks('treatment_part_frozen'), {
    actor: (t) => t.injector,
    attack: (t) => point(t.treatedRecordId),
    twin: (t) => point(t.draftId),
  }),
  attack('G5', 'a point taken out of a signed treatment', breaks('treatment_part_frozen'), {
    actor: (t) => t.injector,
    attack: (t) => sql`DELETE FROM injection_point WHERE treatment_id = ${t.treatedRecordId} RETURNING 1`,
    twin: (t) => sql`DELETE FROM injection_point WHERE treatment_id = ${t.draftId} RETURNING 1`,
  }),
  attack('G6', 'a treatment signed in the injector’s name', unproven('treatment_record_signed_by_injector'), {
    actor: (t, lawful) => (lawful ? t.injector : t.underway.patient),
    attack: signTreatment,
  }),
  attack('G6', 'a treatment record born signed', breaks('treatment_record_starts_draft'), {
    actor: (t) => t.injector,
    attack: (t) =>
      treatmentRecord(t, { state: 'signed', signed_at: sql`app_now()`, signed_by: t.injector.accountId }),
    twin: (t) => treatmentRecord(t),
  }),
  attack('G6', 'a treatment signed before it has begun', breaks('treatment_record_of_visit'), {
    actor: (t) => t.injector,
    before: async (trx, t, lawful) => {
      if (lawful) {
        await passTime(trx, { hours: 72 });
        await care.startTreatment(trx, t.booked);
      }
      await treatmentRecord(t, { vial_id: t.bookedVial }).execute(trx);
    },
    attack: (t) => update('treatment_record', t.booked.id, { state: 'signed' }, 'appointment_id'),
  }),
  attack('G10', 'a treatment signed without its batch', breaks('treatment_record_batch'), {
    actor: (t) => t.injector,
    before: async (trx, t, lawful) => {
      if (!lawful) await update('treatment_record', t.draftId, { batch: '' }).execute(trx);
    },
    attack: signTreatment,
  }),
  attack('G6', 'a second record of one treatment', twice('treatment_record_once'), {
    actor: (t) => t.injector,
    before: async (trx, t, lawful) => {
      if (!lawful) await treatmentRecord(t).execute(trx);
    },
    attack: (t) => treatmentRecord(t),
  }),
  attack('C8', 'a signature with a day of its own', NOTHING, {
    actor: (t) => t.injector,
    attack: (t) => [
      update('treatment_record', t.draftId, { state: 'signed', signed_at: t.soon }),
      sql`SELECT 1 FROM treatment_record WHERE id = ${t.draftId} AND signed_at = ${t.soon}`,
    ],
    twin: (t) => [
      signTreatment(t),
      sql`SELECT 1 FROM treatment_record WHERE id = ${t.draftId} AND signed_at <= app_now()`,
    ],
  }),
];

const point = (treatment_id: string) =>
  insert('injection_point', { treatment_id, region: 'frown_lines', side: 'left', x: 0.4, y: 0.4, units: 4 });
