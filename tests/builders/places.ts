import { JURISDICTION_FACTS, type Jurisdiction } from '#lib/server/domain/policy/codes.ts';
import type { Queryable } from '#lib/server/platform/db.ts';
import type { Practitioner } from './people.ts';

export type Place = {
  readonly locationId: string;
  readonly clinicId: string;
  readonly jurisdiction: Jurisdiction;
  readonly timeZone: string;
  readonly currency: (typeof JURISDICTION_FACTS)[Jurisdiction]['currency'];
};

/** A town of each jurisdiction; in Texas one whose clock is not that of the rest. */
const TOWNS: Readonly<
  Record<
    Jurisdiction,
    { locality: string; postcode: string; latitude: number; longitude: number; time_zone: string }
  >
> = {
  england: {
    locality: 'Leeds',
    postcode: 'LS1 4AP',
    latitude: 53.7965,
    longitude: -1.5478,
    time_zone: 'Europe/London',
  },
  scotland: {
    locality: 'Gretna',
    postcode: 'DG16 5DU',
    latitude: 54.9959,
    longitude: -3.0669,
    time_zone: 'Europe/London',
  },
  ireland: {
    locality: 'Galway',
    postcode: 'H91 X0PT',
    latitude: 53.2719,
    longitude: -9.0489,
    time_zone: 'Europe/Dublin',
  },
  queensland: {
    locality: 'Brisbane',
    postcode: '4000',
    latitude: -27.4679,
    longitude: 153.0281,
    time_zone: 'Australia/Brisbane',
  },
  california: {
    locality: 'San Diego',
    postcode: '92101',
    latitude: 32.7157,
    longitude: -117.1647,
    time_zone: 'America/Los_Angeles',
  },
  texas: {
    locality: 'El Paso',
    postcode: '79901',
    latitude: 31.7587,
    longitude: -106.4869,
    time_zone: 'America/Denver',
  },
  ontario: {
    locality: 'Toronto',
    postcode: 'M5H 2N2',
    latitude: 43.7064,
    longitude: -79.3986,
    time_zone: 'America/Toronto',
  },
};

/** A location: in a clinic of its own, or in one that has others. */
export async function place(
  db: Queryable,
  jurisdiction: Jurisdiction = 'england',
  about: { clinicId?: string } = {},
): Promise<Place> {
  const where = TOWNS[jurisdiction];
  const clinicId = about.clinicId ?? (await clinic(db));
  const location = await db
    .insertInto('location')
    .values({ clinic_id: clinicId, name: 'First floor', street: '12 Northgate', jurisdiction, ...where })
    .returning('id')
    .executeTakeFirstOrThrow();
  return {
    locationId: location.id,
    clinicId,
    jurisdiction,
    timeZone: where.time_zone,
    currency: JURISDICTION_FACTS[jurisdiction].currency,
  };
}

async function clinic(db: Queryable): Promise<string> {
  const { id } = await db
    .insertInto('clinic')
    .values({ name: 'Northgate Consulting Rooms', phone: '+44 113 496 0000' })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** A practitioner works at a place: by default five minutes before and ten after each visit are kept free. */
export async function practise(
  db: Queryable,
  who: Practitioner,
  where: Place,
  buffers: { before: number; after: number } = { before: 5, after: 10 },
): Promise<void> {
  await db
    .insertInto('practice')
    .values({
      practitioner_id: who.id,
      location_id: where.locationId,
      currency: where.currency,
      consultation_fee_minor: 6000,
      consultation_minutes: 30,
      buffer_before_minutes: buffers.before,
      buffer_after_minutes: buffers.after,
    })
    .execute();
}

/** Open every day of the week, from nine to five. */
export async function openDaily(db: Queryable, who: Practitioner, where: Place): Promise<void> {
  await db
    .insertInto('opening_hours')
    .values(
      [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
        practitioner_id: who.id,
        location_id: where.locationId,
        weekday,
        start_minute: 9 * 60,
        end_minute: 17 * 60,
      })),
    )
    .execute();
}
