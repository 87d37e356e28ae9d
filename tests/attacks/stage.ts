import type { Db, Queryable } from '#lib/server/platform/db.ts';
import { later, passTime } from '../builders/act.ts';
import * as care from '../builders/care.ts';
import {
  account,
  patient,
  practitioner,
  visitor,
  type Patient,
  type Practitioner,
} from '../builders/people.ts';
import { practise, type Place } from '../builders/places.ts';
import { build, type Town } from '../builders/town.ts';
import { application, completeChecks, vet, type VettingCase } from '../builders/vetting.ts';
import { book, hold, type Visit } from '../builders/visits.ts';
import type { Signer } from '../builders/act.ts';

/** A patient with everything that a treatment takes, and its next lawful start. */
export type Chain = {
  readonly patient: Patient;
  readonly consultation: care.Consultation;
  readonly prescription: care.Prescription;
  readonly consent: care.Consent;
  readonly proof: Awaited<ReturnType<typeof care.proofOf>>;
};

/** The people and the moments that the attacks start from. */
export type Stage = Town & {
  readonly stranger: Signer;
  /** Two days from now, in a free hour of everybody. */
  readonly soon: Temporal.Instant;
  /** May be booked with the supervised injector. */
  readonly ready: Chain;
  /** The same, of another patient. */
  readonly other: Chain;
  /** Prescribed for the nurse whom nobody supervises. */
  readonly lone: Chain;
  /** The other prescriber treats this one herself. */
  readonly own: Chain;
  /** Booked in three days, a vial planned. */
  readonly booked: care.Treatment;
  readonly bookedVial: string;
  /** Begun, the record a draft. */
  readonly underway: care.Treatment;
  readonly draftId: string;
  /** Treated two weeks ago and reviewed today. */
  readonly treated: care.Treatment;
  readonly treatedChain: Chain;
  readonly treatedRecordId: string;
  readonly treatedVial: string;
  readonly reviewVisit: Visit;
  /** In the room with a third doctor, the record a draft that could be signed suitable. */
  readonly inRoom: care.Consultation;
  /** A confirmed consultation in three days. */
  readonly upcoming: Visit;
  readonly holdId: string;
  /** Not yet vetted. */
  readonly candidate: Practitioner;
  readonly submitted: VettingCase;
  /** A second one, checked by the first reviewer and waiting for a decision. */
  readonly checked: VettingCase;
};

/** The chain behind a treatment: seen by `prescriber`, prescribed for `injector`, consented. */
export async function chain(
  trx: Queryable,
  about: { patient: Patient; prescriber: Practitioner; injector: Practitioner; where: Place } & Parameters<
    typeof care.prescribe
  >[2],
): Promise<Chain> {
  const consultation = await care.consulted(trx, about);
  const prescription = await care.prescribe(trx, consultation, about);
  const consent = await care.giveConsent(trx, prescription);
  return {
    patient: about.patient,
    consultation,
    prescription,
    consent,
    proof: await care.proofOf(trx, consent),
  };
}

/** A practitioner whose credentials end in `days`. */
export async function shortLived(
  trx: Queryable,
  { reviewers, leeds }: Town,
  profession: 'doctor' | 'registered_nurse',
  days: number,
  dueIn = days,
): Promise<Practitioner> {
  const who = await practitioner(trx, profession);
  await practise(trx, who, leeds);
  await vet(trx, who, reviewers, { until: days, dueIn });
  return who;
}

/** Sets the stage, weeks of it, and leaves the clock at its last moment. */
export async function setStage(db: Db): Promise<Stage> {
  const town = await build(db);
  const { prescriber, injector, leeds: where } = town;
  const people = { prescriber, injector, where };
  const past = async (hours: number) => {
    const { consent } = await chain(db, { ...people, patient: await patient(db) });
    return care.bookTreatment(db, consent, await later(db, { hours }));
  };

  const treated = await past(49);
  const underway = await past(51);
  const treatedVial = await care.vial(db, { where, dispensedFor: treated.patient });
  await care.planVial(db, treated, treatedVial);
  await passTime(db, { hours: 49 });
  const treatedRecordId = await care.treat(db, treated);
  await passTime(db, { hours: 2 });
  await care.startTreatment(db, underway);
  const draftId = await care.draftTreatmentRecord(db, underway);

  await passTime(db, { hours: 15 * 24 });
  const reviewVisit = await care.reviewed(db, treated);

  const ready = await chain(db, { ...people, patient: await patient(db) });
  const other = await chain(db, { ...people, patient: await patient(db) });
  const lone = await chain(db, { ...people, patient: await patient(db), injector: town.loneInjector });
  const own = await chain(db, {
    patient: await patient(db),
    prescriber: town.otherPrescriber,
    injector: town.otherPrescriber,
    where,
  });
  const { consent } = await chain(db, { ...people, patient: await patient(db) });
  const booked = await care.bookTreatment(db, consent, await later(db, { hours: 72 }));
  const bookedVial = await care.vial(db, { where, dispensedFor: booked.patient, lastsDays: 10 });
  await care.planVial(db, booked, bookedVial);

  const upcoming = await book(db, {
    kind: 'consultation',
    patient: await patient(db),
    who: prescriber,
    where,
    at: await later(db, { hours: 72 }),
  });
  const candidate = await practitioner(db, 'doctor');
  const submitted = await application(db, candidate, { checker: town.reviewers[0] });
  const checked = await application(db, await practitioner(db, 'doctor'), { checker: town.reviewers[0] });
  await completeChecks(db, checked, town.reviewers[0]);

  return {
    ...town,
    stranger: await account(db),
    soon: await later(db, { hours: 49 }),
    ready,
    other,
    lone,
    own,
    booked,
    bookedVial,
    underway,
    draftId,
    treated,
    treatedChain: {
      patient: treated.patient,
      consultation: treated.prescription.consultation,
      prescription: treated.prescription,
      consent: treated.consent,
      proof: await care.proofOf(db, treated.consent),
    },
    treatedRecordId,
    treatedVial,
    reviewVisit,
    upcoming,
    holdId: await hold(db, {
      party: await visitor(db),
      who: town.otherPrescriber,
      where,
      at: await later(db, { hours: 72 }),
    }),
    candidate,
    submitted,
    checked,
    inRoom: await care.consulting(db, {
      patient: await patient(db),
      prescriber: await shortLived(db, town, 'doctor', 400),
      where,
    }),
  };
}
