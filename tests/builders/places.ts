import type { Jurisdiction } from '#lib/server/domain/policy/codes.ts';
import type { Queryable } from '#lib/server/platform/db.ts';
import type { Practitioner } from './people.ts';

export type Place = {
  readonly locationId: string;
  readonly clinicId: string;
  readonly jurisdiction: Jurisdiction;
  readonly timeZone: string;
  readonly currency: 'GBP' | 'USD';
};

/** A clinic with one location. */
export async function place(db: Queryable, jurisdiction: Jurisdiction = 'england'): Promise<Place> {
  const where =
    jurisdiction === 'england'
      ? {
          locality: 'Leeds',
          postcode: 'LS1 4AP',
          latitude: 53.7965,
          longitude: -1.5478,
          time_zone: 'Europe/London',
        }
      : {
          locality: 'El Paso',
          postcode: '79901',
          latitude: 31.7587,
          longitude: -106.4869,
          time_zone: 'America/Denver',
        };
  const clinic = await db
    .insertInto('clinic')
    .values({ name: 'Northgate Consulting Rooms', phone: '+44 113 496 0000' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const location = await db
    .insertInto('location')
    .values({ clinic_id: clinic.id, name: 'First floor', street: '12 Northgate', jurisdiction, ...where })
    .returning('id')
    .executeTakeFirstOrThrow();
  return {
    locationId: location.id,
    clinicId: clinic.id,
    jurisdiction,
    timeZone: where.time_zone,
    currency: jurisdiction === 'england' ? 'GBP' : 'USD',
  };
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
