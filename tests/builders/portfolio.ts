import sharp from 'sharp';
import type { Db } from '#lib/server/platform/db.ts';
import { later, passTime } from './act.ts';
import * as care from './care.ts';
import { patient, practitioner, type Practitioner } from './people.ts';
import { openDaily, place, practise, type Place } from './places.ts';
import type { Town } from './town.ts';
import { vet } from './vetting.ts';

/** A doctor listed in this place alone. */
export async function doctorIn(
  db: Db,
  town: Town,
  jurisdiction: Place['jurisdiction'],
): Promise<{ doctor: Practitioner; where: Place }> {
  const where = await place(db, jurisdiction);
  const doctor = await practitioner(db, 'doctor');
  await practise(db, doctor, where);
  await openDaily(db, doctor, where);
  await vet(db, doctor, town.reviewers, { jurisdiction });
  return { doctor, where };
}

/** Somebody whom this doctor treated, two weeks ago. */
export async function treatedBy(
  db: Db,
  { doctor, where }: { doctor: Practitioner; where: Place },
): Promise<care.Treatment> {
  const person = await patient(db);
  const consultation = await care.consulted(db, { patient: person, prescriber: doctor, where });
  const prescription = await care.prescribe(db, consultation, { injector: doctor });
  const consent = await care.giveConsent(db, prescription);
  const treatment = await care.bookTreatment(db, consent, await later(db, { hours: 49 }));
  await passTime(db, { hours: 49 });
  const vial = await care.vial(db, {
    where,
    dispensedFor: person,
    productCode: prescription.productCode,
  });
  await care.planVial(db, treatment, vial);
  await care.treat(db, treatment);
  await passTime(db, { hours: 14 * 24 });
  return treatment;
}

/** A photograph of nobody, with a place and a camera in what comes with it. */
export function photograph({ width = 900, height = 1200, background = '#c9b8a3' } = {}): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background } })
    .withExif({
      IFD0: { Make: 'Camera of somebody', ImageDescription: 'A name' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '53/1 47/1 0/1' },
    })
    .jpeg()
    .toBuffer();
}
