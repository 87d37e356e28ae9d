import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { rangeValue } from '#lib/server/platform/db.ts';
import { span } from '#lib/server/platform/instants.ts';
import type { Patient, Practitioner } from '../builders/people.ts';
import type { Place } from '../builders/places.ts';
import { during, insert, type Statement } from './attack.ts';
import type { Chain, Stage } from './stage.ts';

type Visit = {
  who: Practitioner;
  where: Place;
  at: Temporal.Instant;
  minutes?: number;
  /** Minutes kept free around it. */
  before?: number;
  after?: number;
  room?: string;
  /** Where its block is, if not where the visit is. */
  blockAt?: Place;
};

/** Time taken for a visit, and the visit itself with the columns of `row` instead of its own. */
export function visit(about: Visit, row: object): Statement[] {
  const { who, where, at, minutes = 30, before = 5, after = 10, room, blockAt = where } = about;
  const taken = rangeValue(span(at.subtract({ minutes: before }), at.add({ minutes: minutes + after })));
  const block = {
    id: randomUUID(),
    practitioner_id: who.id,
    location_id: blockAt.locationId,
    room_id: room,
    kind: 'appointment',
    span: taken,
  };
  return [
    insert('block', block),
    insert('appointment', {
      kind: 'consultation',
      state: 'confirmed',
      practitioner_id: who.id,
      location_id: where.locationId,
      clinic_id: where.clinicId,
      jurisdiction: where.jurisdiction,
      time_zone: where.timeZone,
      during: during(at, minutes),
      block_id: block.id,
      block_span: taken,
      ...row,
    }),
  ];
}

/** The columns that say whose visit it is. */
export const of = (patient: Patient, episodeId: string) => ({
  patient_id: patient.id,
  patient_date_of_birth: patient.dateOfBirth,
  episode_id: episodeId,
});

/** A consultation in Leeds with the prescriber, of a patient who has been here before. */
export function consultation(
  { prescriber, leeds, soon, ready }: Stage,
  about: Partial<Visit> = {},
  row: object = {},
): Statement[] {
  return visit(
    { who: prescriber, where: leeds, at: soon, ...about },
    { ...of(ready.patient, ready.consultation.visit.episodeId), ...row },
  );
}

/** A treatment on the strength of a chain. */
export function treatment(
  { soon }: Stage,
  chain: Chain,
  row: object = {},
  about: Partial<Visit> = {},
): Statement[] {
  const { visit: seen } = chain.consultation;
  return visit(
    { who: chain.prescription.injector, where: seen.where, at: soon, ...about },
    { kind: 'treatment', ...of(chain.patient, seen.episodeId), ...chain.proof, ...row },
  );
}

/** The prescription that a consultation leads to, as its prescriber would write it. */
export function prescription(
  { injector }: Stage,
  chain: Pick<Chain, 'consultation'>,
  row: object = {},
): Statement {
  const { id, visit: seen } = chain.consultation;
  return insert('prescription', {
    consultation_id: id,
    consultation_appointment_id: seen.id,
    consultation_signed_at: sql`(SELECT coalesce(signed_at, app_now()) FROM consultation_record WHERE id = ${id})`,
    episode_id: seen.episodeId,
    clinic_id: seen.where.clinicId,
    patient_id: seen.patient.id,
    prescriber_id: seen.who.id,
    injector_id: injector.id,
    jurisdiction: seen.where.jurisdiction,
    product_code: 'botox',
    retreatment_days: 90,
    dose_units: 40,
    regions: ['frown_lines'],
    expires_at: sql`app_now() + interval '90 days'`,
    ...row,
  });
}
