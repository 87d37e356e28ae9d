import type { Jurisdiction } from '#lib/server/domain/policy/codes.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { later, passTime, type Signer } from '../builders/act.ts';
import * as care from '../builders/care.ts';
import {
  account,
  patient,
  practitioner,
  staffMember,
  type Patient,
  type Practitioner,
} from '../builders/people.ts';
import { openDaily, place, practise, type Place } from '../builders/places.ts';
import { loadReference } from '../builders/reference.ts';
import { supervise, vet } from '../builders/vetting.ts';
import { advance, book } from '../builders/visits.ts';
import { LAWS } from './law.ts';

/** A clinic under one law and one under another, with patients at every stop of the road, so that short sequences reach all of it. */
export type Stage = {
  readonly jurisdiction: Jurisdiction;
  readonly here: Place;
  /** Over the border; the prescriber works there too. */
  readonly elsewhere: Place;
  readonly reviewers: readonly [Signer, Signer];
  readonly prescriber: Practitioner;
  readonly otherPrescriber: Practitioner;
  /** A nurse whom the prescriber supervises. */
  readonly injector: Practitioner;
  /** A nurse whom nobody supervises. */
  readonly loneInjector: Practitioner;
  /** An esthetician, checked and supervised where the law lets them inject. */
  readonly layInjector: Practitioner;
  readonly patients: readonly Patient[];
  readonly practitioners: readonly Practitioner[];
  /** Everybody who may try something: whoever it concerns, or not. */
  readonly everybody: readonly Signer[];
  /** What a prescriber may write there: the usual product, one with cow's milk, and one that nobody licenses there. */
  readonly products: readonly [usual: string, withMilk: string, foreign: string];
};

const NEIGHBOURS: Readonly<Record<Jurisdiction, Jurisdiction>> = {
  england: 'scotland',
  scotland: 'england',
  ireland: 'england',
  queensland: 'ontario',
  california: 'texas',
  texas: 'california',
  ontario: 'texas',
};

const PRODUCTS: Readonly<Record<Jurisdiction, Stage['products']>> = {
  england: ['botox', 'azzalure', 'xeomin'],
  scotland: ['botox', 'azzalure', 'dysport'],
  ireland: ['botox', 'alluzience', 'botox_cosmetic'],
  queensland: ['botox', 'dysport', 'azzalure'],
  california: ['botox_cosmetic', 'dysport', 'botox'],
  texas: ['botox_cosmetic', 'dysport', 'relfydess'],
  ontario: ['botox_cosmetic', 'dysport', 'daxxify'],
};

/** Days for which the second prescriber's registers are read: past their grace, nothing of theirs counts. */
const SOON_UNREAD = 150;

export async function setStage(db: Db, jurisdiction: Jurisdiction = 'england'): Promise<Stage> {
  await loadReference(db);
  const reviewers = [await staffMember(db), await staffMember(db)] as const;
  const here = await place(db, jurisdiction);
  const elsewhere = await place(db, NEIGHBOURS[jurisdiction]);

  const works = async (profession: 'doctor' | 'registered_nurse' | 'esthetician', where = here) => {
    const who = await practitioner(db, profession);
    await practise(db, who, where);
    await openDaily(db, who, where);
    return who;
  };
  const checked = async (profession: 'doctor' | 'registered_nurse' | 'esthetician', dueIn?: number) => {
    const who = await works(profession);
    await vet(db, who, reviewers, { jurisdiction, until: 600, ...(dueIn !== undefined && { dueIn }) });
    return who;
  };
  const prescriber = await checked('doctor');
  const otherPrescriber = await checked('doctor', SOON_UNREAD);
  const injector = await checked('registered_nurse');
  const loneInjector = await checked('registered_nurse');
  await practise(db, prescriber, elsewhere);
  await openDaily(db, prescriber, elsewhere);
  await vet(db, prescriber, reviewers, { jurisdiction: elsewhere.jurisdiction, until: 600 });
  await supervise(db, injector, prescriber, { jurisdiction, days: 500 });
  const mayBeLay = LAWS[jurisdiction].inject.includes('esthetician');
  const layInjector = mayBeLay ? await checked('esthetician') : await works('esthetician');
  if (mayBeLay) await supervise(db, layInjector, otherPrescriber, { jurisdiction, days: 500 });

  const consented = async (who: Patient, by: Practitioner, seenBy = prescriber) => {
    const consultation = await care.consulted(db, { patient: who, prescriber: seenBy, where: here });
    return care.giveConsent(db, await care.prescribe(db, consultation, { injector: by }));
  };

  // Treated long enough ago to come again for the same.
  const returning = await patient(db);
  const before = await consented(returning, prescriber);
  await passTime(db, { hours: 49 });
  await care.treat(db, await care.bookTreatment(db, before, await later(db)));
  await passTime(db, { hours: 75 * 24 });

  // Treated two weeks ago by the prescriber, and reviewed: open for a top-up.
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
  await care.consulted(db, { patient: seen, prescriber, where: here });
  const decided = await patient(db);
  await consented(decided, injector);
  const booked = await patient(db);
  await care.bookTreatment(db, await consented(booked, injector), await later(db, { hours: 72 }));
  await care.bookTreatment(db, ofToday, await later(db, { minutes: 10 }));
  const withLay = await patient(db);
  if (mayBeLay) await consented(withLay, layInjector, otherPrescriber);

  const waiting = await patient(db);
  const visit = await book(db, {
    kind: 'consultation',
    patient: waiting,
    who: otherPrescriber,
    where: here,
  });
  await advance(db, visit, 'arrived');

  const patients = [newcomer, waiting, seen, decided, booked, today, treated, returning, withLay];
  const practitioners = [prescriber, otherPrescriber, injector, loneInjector, layInjector];
  const others = [...reviewers, await staffMember(db, 'operator'), await account(db)];
  return {
    jurisdiction,
    here,
    elsewhere,
    reviewers,
    prescriber,
    otherPrescriber,
    injector,
    loneInjector,
    layInjector,
    patients,
    practitioners,
    everybody: [...practitioners, ...patients, ...others],
    products: PRODUCTS[jurisdiction],
  };
}
