import { sql } from 'kysely';
import { rangeValue, type Queryable } from '#lib/server/platform/db.ts';
import { span } from '#lib/server/platform/instants.ts';
import { later } from './act.ts';
import type { Patient, Practitioner } from './people.ts';
import type { Place } from './places.ts';

export type Visit = {
  readonly id: string;
  readonly patient: Patient;
  readonly who: Practitioner;
  readonly where: Place;
  readonly at: Temporal.Instant;
  readonly minutes: number;
  readonly episodeId: string;
};

/** Time taken in a calendar. Returns its id. */
export async function block(
  db: Queryable,
  { who, where }: { who: { id: string }; where: Place },
  from: Temporal.Instant,
  to: Temporal.Instant,
): Promise<string> {
  const { id } = await db
    .insertInto('block')
    .values({
      practitioner_id: who.id,
      location_id: where.locationId,
      kind: 'appointment',
      span: rangeValue(span(from, to)),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Time off. Returns its id. */
export async function closure(
  db: Queryable,
  who: { id: string },
  from: Temporal.Instant,
  to: Temporal.Instant,
): Promise<string> {
  const { id } = await db
    .insertInto('closure')
    .values({ practitioner_id: who.id, span: rangeValue(span(from, to)) })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** An open course of care of this patient at this clinic. Returns its id. */
export async function episode(db: Queryable, patient: Patient, where: Place): Promise<string> {
  const { id } = await db
    .insertInto('care_episode')
    .values({ patient_id: patient.id, clinic_id: where.clinicId })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** A confirmed visit of any kind; `proof` is what a treatment carries on top. */
export async function book(
  db: Queryable,
  visit: {
    kind: 'consultation' | 'treatment' | 'follow_up';
    patient: Patient;
    who: Practitioner;
    where: Place;
    at?: Temporal.Instant;
    minutes?: number;
    episodeId?: string;
    proof?: object;
  },
): Promise<Visit> {
  const { kind, patient, who, where, at = await later(db), minutes = 30, proof = {} } = visit;
  const episodeId = visit.episodeId ?? (await episode(db, patient, where));
  const terms = await db
    .selectFrom('practice')
    .select(['buffer_before_minutes', 'buffer_after_minutes'])
    .where('practitioner_id', '=', who.id)
    .where('location_id', '=', where.locationId)
    .executeTakeFirstOrThrow();
  const to = at.add({ minutes });
  const taken = span(
    at.subtract({ minutes: terms.buffer_before_minutes }),
    to.add({ minutes: terms.buffer_after_minutes }),
  );
  const { id } = await db
    .insertInto('appointment')
    .values({
      kind,
      state: 'confirmed',
      practitioner_id: who.id,
      location_id: where.locationId,
      clinic_id: where.clinicId,
      jurisdiction: where.jurisdiction,
      time_zone: where.timeZone,
      patient_id: patient.id,
      patient_date_of_birth: patient.dateOfBirth,
      episode_id: episodeId,
      during: rangeValue(span(at, to)),
      block_id: await block(db, { who, where }, taken.start!, taken.end!),
      block_span: rangeValue(taken),
      ...proof,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id, patient, who, where, at, minutes, episodeId };
}

/** A time kept for an anonymous visitor. Returns the appointment's id. */
export async function hold(
  db: Queryable,
  about: { party: { id: string }; who: Practitioner; where: Place; at: Temporal.Instant },
): Promise<string> {
  const { party, who, where, at } = about;
  const taken = span(at.subtract({ minutes: 5 }), at.add({ minutes: 40 }));
  const { id } = await db
    .insertInto('appointment')
    .values({
      kind: 'consultation',
      state: 'held',
      practitioner_id: who.id,
      location_id: where.locationId,
      clinic_id: where.clinicId,
      jurisdiction: where.jurisdiction,
      time_zone: where.timeZone,
      party_id: party.id,
      during: rangeValue(span(at, at.add({ minutes: 30 }))),
      block_id: await block(db, { who, where }, taken.start!, taken.end!),
      block_span: rangeValue(taken),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

type State =
  'arrived' | 'started' | 'completed' | 'stopped' | 'cancelled' | 'no_show' | 'left_unseen' | 'paused';

/** Leads a visit through states, one after the other. */
export async function advance(db: Queryable, visit: { id: string }, ...states: State[]): Promise<void> {
  for (const state of states) {
    await sql`UPDATE appointment SET state = ${state}, cancelled_by = ${state === 'cancelled' ? 'patient' : null},
      no_show_by = ${state === 'no_show' ? 'patient' : null} WHERE id = ${visit.id}`.execute(db);
  }
}

/** A visit that begins now. */
export async function begin(db: Queryable, visit: Parameters<typeof book>[1]): Promise<Visit> {
  const booked = await book(db, visit);
  await advance(db, booked, 'arrived', 'started');
  return booked;
}
