import { sql } from 'kysely';
import { freeSlots } from '#lib/server/domain/availability/reads.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Queryable } from '#lib/server/platform/db.ts';

/** What the database says of a listed practitioner at one address. Nothing of it comes from an index. */
export interface Practice {
  practitionerId: string;
  locationId: string;
  slug: string;
  name: string;
  nativeName: string | null;
  clinicName: string;
  profession: string;
  concerns: string[];
  languages: string[];
  gender: string | null;
  latitude: number;
  longitude: number;
  access: string[];
  currency: string;
  /** What whoever holds the consultation asks for it. */
  feeMinor: number;
  timeZone: string;
  /** When whoever holds the consultation is free, on the clock of the place. */
  free: Temporal.ZonedDateTime[];
}

export interface Facts {
  now: Temporal.Instant;
  practices: Practice[];
  /** Towns of the gazetteer, the largest of each name. */
  towns: Map<string, { latitude: number; longitude: number }>;
}

const DAYS_AHEAD = 28;

/** Everything a judgement may ask about, of everybody who is listed. */
export async function readFacts(db: Queryable): Promise<Facts> {
  const now = await appNow(db);
  const today = now.toZonedDateTimeISO('UTC').toPlainDate();
  // Who may not hold a consultation has a prescriber at the same address who does.
  const { rows } = await sql<Omit<Practice, 'free'> & { seenById: string | null }>`
    SELECT p.id AS "practitionerId", l.id AS "locationId", p.slug, p.display_name AS name, p.native_name AS "nativeName",
           concat_ws(' ', c.name, l.name) AS "clinicName", p.profession, p.regions AS concerns, p.languages, p.gender,
           l.latitude, l.longitude, l.access_features AS access, l.time_zone AS "timeZone", seen.practitioner_id AS "seenById",
           coalesce(seen.consultation_fee_minor, t.consultation_fee_minor) AS "feeMinor", t.currency
      FROM listing i
      JOIN practitioner p ON p.id = i.practitioner_id
      JOIN practice t ON t.practitioner_id = p.id
      JOIN location l ON l.id = t.location_id AND l.jurisdiction = i.jurisdiction
      JOIN clinic c ON c.id = l.clinic_id
      LEFT JOIN supervision s
        ON NOT i.may_consult AND s.injector_id = p.id AND s.jurisdiction = i.jurisdiction AND s.valid @> app_now()
      LEFT JOIN practice seen
        ON seen.practitioner_id = CASE WHEN i.may_consult THEN p.id ELSE s.prescriber_id END AND seen.location_id = l.id
     ORDER BY p.id, l.id`.execute(db);
  const slots = await freeSlots(db, {
    practitionerIds: [...new Set(rows.flatMap(({ seenById }) => seenById ?? []))],
    from: today.toString(),
    to: today.add({ days: DAYS_AHEAD }).toString(),
  });
  const free = Map.groupBy(slots, ({ practitionerId, locationId }) => `${practitionerId} ${locationId}`);
  const towns = await sql<{ name: string; latitude: number; longitude: number }>`
    SELECT DISTINCT ON (name) name, latitude, longitude FROM place ORDER BY name, population DESC`.execute(
    db,
  );
  return {
    now,
    practices: rows.map(({ seenById, ...practice }) => ({
      ...practice,
      free: (free.get(`${seenById} ${practice.locationId}`) ?? []).map(({ start, timeZone }) =>
        start.toZonedDateTimeISO(timeZone),
      ),
    })),
    towns: new Map(towns.rows.map((town) => [town.name, town])),
  };
}
