import type { Db } from '#lib/server/platform/db.ts';
import { loadReference } from './reference.ts';
import { patient, practitioner, staffMember, type Patient, type Practitioner } from './people.ts';
import { openDaily, place, practise, type Place } from './places.ts';
import { supervise, vet } from './vetting.ts';
import type { Signer } from './act.ts';

/** The smallest town in which everything can happen. */
export type Town = {
  readonly leeds: Place;
  readonly elPaso: Place;
  readonly reviewers: readonly [Signer, Signer];
  /** A doctor in Leeds who consults, prescribes and injects. */
  readonly prescriber: Practitioner;
  /** Another one, at the same place. */
  readonly otherPrescriber: Practitioner;
  /** A nurse in Leeds whom the prescriber supervises. */
  readonly injector: Practitioner;
  /** A nurse in Leeds whom nobody supervises. */
  readonly loneInjector: Practitioner;
  /** A patient of nobody yet. */
  readonly patient: Patient;
};

/** Builds the town as the owner of the database, through the same guards that everybody meets. */
export async function build(db: Db): Promise<Town> {
  await loadReference(db);
  const reviewers = [await staffMember(db), await staffMember(db)] as const;
  const leeds = await place(db, 'england');
  const elPaso = await place(db, 'texas');

  const checked = async (profession: 'doctor' | 'registered_nurse') => {
    const who = await practitioner(db, profession);
    await practise(db, who, leeds);
    await openDaily(db, who, leeds);
    await vet(db, who, reviewers);
    return who;
  };
  const prescriber = await checked('doctor');
  const otherPrescriber = await checked('doctor');
  const injector = await checked('registered_nurse');
  const loneInjector = await checked('registered_nurse');
  await practise(db, prescriber, elPaso);
  await vet(db, prescriber, reviewers, { jurisdiction: 'texas' });
  await supervise(db, injector, prescriber);

  return {
    leeds,
    elPaso,
    reviewers,
    prescriber,
    otherPrescriber,
    injector,
    loneInjector,
    patient: await patient(db),
  };
}
