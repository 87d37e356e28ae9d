import type { Db } from '#lib/server/platform/db.ts';
import { later, passTime, type Signer } from '../builders/act.ts';
import * as care from '../builders/care.ts';
import { account, patient, staffMember, type Patient, type Practitioner } from '../builders/people.ts';
import { advance, book } from '../builders/visits.ts';
import { build, type Town } from '../builders/town.ts';

/** A town with patients at every stop of the road, so that short sequences reach all of it. */
export type Stage = {
  readonly town: Town;
  readonly patients: readonly Patient[];
  readonly practitioners: readonly Practitioner[];
  /** Everybody who may try something: whoever it concerns, or not. */
  readonly everybody: readonly Signer[];
};

export async function setStage(db: Db): Promise<Stage> {
  const town = await build(db);
  const { prescriber, injector, leeds: where } = town;
  const consented = async (who: Patient, by: Practitioner) => {
    const consultation = await care.consulted(db, { patient: who, prescriber, where });
    return care.giveConsent(db, await care.prescribe(db, consultation, { injector: by }));
  };

  const treated = await patient(db);
  const first = await consented(treated, prescriber);
  await passTime(db, { hours: 49 });
  const treatment = await care.bookTreatment(db, first, await later(db));
  await care.treat(db, treatment);
  await passTime(db, { hours: 15 * 24 });
  await care.reviewed(db, treatment);

  const today = await patient(db);
  const ofToday = await consented(today, injector);
  await passTime(db, { hours: 50 });

  const newcomer = await patient(db);
  const seen = await patient(db);
  await care.consulted(db, { patient: seen, prescriber, where });
  const decided = await patient(db);
  await consented(decided, injector);
  const booked = await patient(db);
  await care.bookTreatment(db, await consented(booked, injector), await later(db, { hours: 72 }));
  await care.bookTreatment(db, ofToday, await later(db, { minutes: 10 }));

  const waiting = await patient(db);
  const visit = await book(db, { kind: 'consultation', patient: waiting, who: town.otherPrescriber, where });
  await advance(db, visit, 'arrived');

  const patients = [newcomer, waiting, seen, decided, booked, today, treated];
  const practitioners = [prescriber, town.otherPrescriber, injector, town.loneInjector];
  const others = [...town.reviewers, await staffMember(db, 'operator'), await account(db)];
  return { town, patients, practitioners, everybody: [...practitioners, ...patients, ...others] };
}
