import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import type { PostcodeArea } from './postcodes.ts';

/** A listed practitioner at a location, and whom patients see first there. */
export interface ListedPractice {
  practitionerId: string;
  slug: string;
  title: string | null;
  displayName: string;
  nativeName: string | null;
  profession: string;
  professionName: string;
  headline: string;
  gender: string | null;
  languages: string[];
  regions: string[];
  portraitSeed: number;
  isDemo: boolean;
  mayConsult: boolean;
  locationId: string;
  locationName: string;
  district: string;
  locality: string;
  jurisdiction: string;
  timeZone: string;
  latitude: number;
  longitude: number;
  accessFeatures: string[];
  /** Who holds the consultation: the practitioner, or the supervising prescriber at the same location. */
  consultantId: string | null;
  consultantSlug: string | null;
  consultantName: string | null;
  consultantProfession: string | null;
  feeMinor: number;
  currency: string;
  /** Where the registration was looked up last: a register's code, or who issued the paper; and when. */
  registeredWith: string | null;
  registeredBy: string | null;
  registeredCheckedOn: string | null;
  /** Kinds of credential that were confirmed at their source and are in date. */
  credentials: string[];
  /** No check of these is overdue, and no source was out of reach when it was looked at last. */
  checksComplete: boolean;
}

/** The next listed practitioners in the order of their ids. */
export async function findListedIds(db: Queryable, after: string | null, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT DISTINCT practitioner_id AS id FROM listing
     WHERE ${after === null ? sql`true` : sql`practitioner_id > ${after}::uuid`} ORDER BY id LIMIT ${limit}`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/** The listed practices of these practitioners. */
export async function findListedPractices(
  db: Queryable,
  practitionerIds: readonly string[],
): Promise<ListedPractice[]> {
  // One plan is kept for one person; a list is planned anew each time, as nobody knows its length.
  const [only, ...others] = practitionerIds;
  const isAsked =
    others.length === 0 ? sql`p.id = ${only ?? null}` : sql`p.id = ANY (${practitionerIds}::uuid[])`;
  const { rows } = await sql<ListedPractice>`
    SELECT p.id AS "practitionerId", p.slug, p.title, p.display_name AS "displayName", p.native_name AS "nativeName", p.profession, f.name AS "professionName", p.headline, p.gender,
           p.languages, p.regions, p.portrait_seed AS "portraitSeed", p.is_demo AS "isDemo", i.may_consult AS "mayConsult",
           l.id AS "locationId", l.name AS "locationName", l.district, l.locality, l.jurisdiction, l.time_zone AS "timeZone", l.latitude, l.longitude,
           l.access_features AS "accessFeatures", c.id AS "consultantId", c.slug AS "consultantSlug", concat_ws(' ', c.title, c.display_name) AS "consultantName",
           c.profession AS "consultantProfession", coalesce(checked.kinds, '{}') AS credentials, coalesce(checked.complete, false) AS "checksComplete",
           coalesce(ct.consultation_fee_minor, t.consultation_fee_minor) AS "feeMinor", t.currency,
           r.register AS "registeredWith", r.issuer AS "registeredBy", r.checked_on AS "registeredCheckedOn"
      FROM listing i
      JOIN practitioner p ON p.id = i.practitioner_id JOIN profession f ON f.code = p.profession
      JOIN practice t ON t.practitioner_id = p.id JOIN location l ON l.id = t.location_id AND l.jurisdiction = i.jurisdiction
      LEFT JOIN LATERAL (
        SELECT q.* FROM supervision s JOIN practitioner q ON q.id = s.prescriber_id
          JOIN listing li ON li.practitioner_id = q.id AND li.jurisdiction = i.jurisdiction AND li.may_consult
          JOIN practice qt ON qt.practitioner_id = q.id AND qt.location_id = l.id
         WHERE NOT i.may_consult AND s.injector_id = p.id AND s.jurisdiction = i.jurisdiction AND s.valid @> app_now()
         ORDER BY s.id LIMIT 1) supervisor ON true
      LEFT JOIN practitioner c ON c.id = CASE WHEN i.may_consult THEN p.id ELSE supervisor.id END
      LEFT JOIN practice ct ON ct.practitioner_id = c.id AND ct.location_id = l.id
      LEFT JOIN LATERAL (
        SELECT n.register, n.issuer, (k.checked_at AT TIME ZONE l.time_zone)::date AS checked_on
          FROM credential n JOIN credential_check k ON k.credential_id = n.id AND k.result = 'confirmed'
         WHERE n.practitioner_id = p.id AND n.jurisdiction = i.jurisdiction AND n.kind = 'registration' AND n.withdrawn_at IS NULL
         ORDER BY k.checked_at DESC LIMIT 1) r ON true
      LEFT JOIN LATERAL (
        SELECT array_agg(DISTINCT n.kind ORDER BY n.kind) AS kinds,
               bool_and(latest.result = 'confirmed' AND latest.next_due_on >= (app_now() AT TIME ZONE l.time_zone)::date) AS complete
          FROM credential n
          CROSS JOIN LATERAL (SELECT k.result, k.next_due_on FROM credential_check k WHERE k.credential_id = n.id
                               ORDER BY k.checked_at DESC LIMIT 1) latest
         WHERE n.practitioner_id = p.id AND n.jurisdiction = i.jurisdiction AND n.withdrawn_at IS NULL AND n.valid @> (app_now() AT TIME ZONE l.time_zone)::date
           AND EXISTS (SELECT FROM credential_check k WHERE k.credential_id = n.id AND k.result = 'confirmed')) checked ON true
     WHERE ${isAsked}
     ORDER BY p.id, l.id`.execute(db);
  return rows;
}

/** Of these, who is listed where at this moment: `listingKey`s. */
export async function findStillListed(
  db: Queryable,
  practitionerIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ practitionerId: string; jurisdiction: string }>`
    SELECT practitioner_id AS "practitionerId", jurisdiction FROM listing WHERE practitioner_id = ANY (${practitionerIds}::uuid[])`.execute(
    db,
  );
  return new Set(rows.map(({ practitionerId, jurisdiction }) => listingKey(practitionerId, jurisdiction)));
}

/** Where these locations are. */
export async function findPositions(
  db: Queryable,
  locationIds: readonly string[],
): Promise<Map<string, { longitude: number; latitude: number }>> {
  const { rows } = await sql<{ id: string; longitude: number; latitude: number }>`
    SELECT id, longitude, latitude FROM location WHERE id = ANY (${locationIds}::uuid[])`.execute(db);
  return new Map(rows.map(({ id, ...position }) => [id, position]));
}

export function listingKey(practitionerId: string, jurisdiction: string): string {
  return `${practitionerId} ${jurisdiction}`;
}

export interface Place {
  /** Null for a postcode, which tells itself apart. */
  id: number | null;
  name: string;
  /** What tells it apart from others of that name: "near Portsmouth, England". */
  region: string;
  latitude: number;
  longitude: number;
  population: number;
}

/** Places of exactly these names, accents aside; the largest first. */
export async function findPlacesCalled(db: Queryable, names: readonly string[]): Promise<Place[]> {
  const { rows } = await sql<Place>`
    SELECT id, name, region, latitude, longitude, population FROM place
     WHERE plain_name = ANY (SELECT plain(name) FROM unnest(${names}::text[]) AS name) ORDER BY population DESC, id`.execute(
    db,
  );
  return rows;
}

/** Places of this name, or beginning with it, or much like it; the best first, and before them the one of this id. */
export async function findPlaces(db: Queryable, name: string, id?: number): Promise<Place[]> {
  const { rows } = await sql<Place & { rank: number }>`
    SELECT id, name, region, latitude, longitude, population,
           CASE WHEN plain_name = plain(${name}) THEN 0 WHEN plain_name LIKE plain(${name}) || '%' THEN 1 ELSE 2 END AS rank
      FROM place
     WHERE plain_name LIKE plain(${name.replaceAll(/[\\%_]/g, '')}) || '%' OR plain_name % plain(${name})
     ORDER BY id = ${id ?? null}::bigint DESC NULLS LAST, rank,
              CASE WHEN plain_name % plain(${name}) THEN -similarity(plain_name, plain(${name})) ELSE 0 END, population DESC
     LIMIT 8`.execute(db);
  const exact = rows.filter(({ rank }) => rank === 0);
  return exact.length > 0 ? exact.toSorted((a, b) => rows.indexOf(a) - rows.indexOf(b)) : rows;
}

/**
 * Places that somebody may be typing the name of, the likeliest first: that are called so, that begin so, of which a later
 * word does; and where none does, what is much like it. Larger places come first.
 */
export async function findPlacesBegun(db: Queryable, typed: string, limit: number): Promise<Place[]> {
  const beginning = typed.replaceAll(/[\\%_]/g, '');
  const { rows } = await sql<Place & { rank: number }>`
    SELECT id, name, region, latitude, longitude, population,
           CASE WHEN plain_name = plain(${typed}) THEN 0 WHEN plain_name LIKE plain(${beginning}) || '%' THEN 1
                WHEN plain_name LIKE '% ' || plain(${beginning}) || '%' THEN 2 ELSE 3 END AS rank
      FROM place
     WHERE plain_name LIKE plain(${beginning}) || '%' OR plain_name LIKE '% ' || plain(${beginning}) || '%'
        OR plain_name % plain(${typed})
     ORDER BY rank, CASE WHEN plain_name % plain(${typed}) AND NOT plain_name LIKE '%' || plain(${beginning}) || '%'
                         THEN -similarity(plain_name, plain(${typed})) ELSE 0 END, population DESC, id
     LIMIT ${limit}`.execute(db);
  const likely = rows.filter(({ rank }) => rank < 3);
  return (likely.length > 0 ? likely : rows).map(({ rank: _, ...place }) => place);
}

// Postcodes

/** Where an area is: as it was loaded, or else in the middle of the clinics in it. */
export async function findPostcode(
  db: Queryable,
  { country, code }: PostcodeArea,
): Promise<{ latitude: number; longitude: number } | undefined> {
  const { rows } = await sql<{ latitude: number; longitude: number }>`
    SELECT latitude, longitude, 0 AS rank FROM postcode WHERE country_code = ${country} AND code = ${code}
     UNION ALL
    SELECT avg(latitude), avg(longitude), 1 FROM location
     WHERE upper(postcode) = ${code} OR upper(postcode) LIKE ${code} || ' %' OR upper(postcode) LIKE ${code} || '-%'
    HAVING count(*) > 0
     ORDER BY rank LIMIT 1`.execute(db);
  return rows[0];
}

/** Whether postcodes of a country have been loaded at all. */
export async function hasPostcodes(db: Queryable, country: PostcodeArea['country']): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`
    SELECT EXISTS (SELECT FROM postcode WHERE country_code = ${country}) AS has`.execute(db);
  return rows[0]!.has;
}

type LocatedArea = PostcodeArea & { latitude: number; longitude: number };

/** Adds those that are not there yet. */
export async function insertPostcodes(trx: Queryable, areas: readonly LocatedArea[]): Promise<void> {
  await sql`
    INSERT INTO postcode (country_code, code, latitude, longitude)
    SELECT country, code, latitude, longitude
      FROM json_to_recordset(${JSON.stringify(areas)}::json) AS a (country text, code text, latitude float8, longitude float8)
    ON CONFLICT DO NOTHING`.execute(trx);
}

export async function replacePostcodes(
  trx: Queryable,
  country: PostcodeArea['country'],
  areas: readonly LocatedArea[],
): Promise<void> {
  await trx.deleteFrom('postcode').where('country_code', '=', country).execute();
  await insertPostcodes(trx, areas);
}

/** A practitioner by slug, listed or not; "known" = was approved once. */
export async function findPractitioner(db: Queryable, slug: string) {
  const { rows } = await sql<{
    id: string;
    slug: string;
    /** "Dr Ada Osei" */
    name: string;
    native_name: string | null;
    pronouns: string | null;
    profession: string;
    profession_name: string;
    headline: string;
    biography: string;
    regions: string[];
    languages: string[];
    practising_since: number | null;
    portrait_seed: number;
    is_demo: boolean;
    jurisdiction: string | null;
    may_consult: boolean | null;
    may_prescribe: boolean | null;
    may_inject: boolean | null;
    was_listed: boolean;
    now: Temporal.Instant;
  }>`
    SELECT p.id, p.slug, concat_ws(' ', p.title, p.display_name) AS name, p.native_name, p.pronouns, p.profession, f.name AS profession_name, p.headline, p.biography, p.regions,
           p.languages, p.practising_since, p.portrait_seed, p.is_demo, i.jurisdiction, i.may_consult, i.may_prescribe, i.may_inject,
           approved IS NOT NULL AS was_listed, app_now() AS now
      FROM practitioner p JOIN profession f ON f.code = p.profession LEFT JOIN listing i ON i.practitioner_id = p.id
      -- An EXISTS would be answered for everybody, and kept beside.
      LEFT JOIN LATERAL (SELECT v.id FROM vetting_case v WHERE v.practitioner_id = p.id AND v.state = 'approved' LIMIT 1) approved ON true
     WHERE p.slug = ${slug} ORDER BY i.jurisdiction LIMIT 1`.execute(db);
  return rows[0];
}

/** Where a practitioner is listed to work. */
export function findWorkplaces(db: Queryable, practitionerId: string) {
  return db
    .selectFrom('practice')
    .innerJoin('location', 'location.id', 'practice.location_id')
    .innerJoin('listing', (join) =>
      join
        .onRef('listing.practitioner_id', '=', 'practice.practitioner_id')
        .onRef('listing.jurisdiction', '=', 'location.jurisdiction'),
    )
    .innerJoin('clinic', 'clinic.id', 'location.clinic_id')
    .where('practice.practitioner_id', '=', practitionerId)
    .select([
      'location.id as locationId',
      'location.name',
      'location.street',
      'location.district',
      'location.locality',
      'location.postcode',
      'location.time_zone as timeZone',
      'location.latitude',
      'location.longitude',
      'location.access_features as accessFeatures',
      'location.directions',
      'clinic.name as clinicName',
      'clinic.phone as clinicPhone',
      'practice.currency',
      'practice.consultation_fee_minor as feeMinor',
      'practice.consultation_fee_covers as feeCovers',
      'practice.consultation_minutes as consultationMinutes',
    ])
    .orderBy('location.id')
    .execute();
}

export type CheckedCredential = {
  check_id: string;
  kind: string;
  title: string;
  issuer: string;
  register: string | null;
  number: string;
  source: string;
  source_url: string | null;
  method: string;
  checked_on: string;
  next_due_on: string;
  /** The register could not be reached since, or was not read when it was due (L4). */
  stale: boolean;
};

/** The credentials that carry today's listing, each with its latest confirmed check at the source; claimed anew, it is one. */
export async function findCheckedCredentials(
  db: Queryable,
  practitionerId: string,
): Promise<CheckedCredential[]> {
  const { rows } = await sql<CheckedCredential>`
    SELECT DISTINCT ON (place, k.title, k.issuer, k.register, k.number)
           c.id AS check_id, k.kind, k.title, k.issuer, k.register, k.number, c.source, c.source_url, c.method, (c.checked_at AT TIME ZONE 'UTC')::date AS checked_on, c.next_due_on,
           EXISTS (SELECT FROM credential_check u WHERE u.credential_id = k.id AND u.result = 'unreachable' AND u.checked_at > c.checked_at)
             OR k.register IS NOT NULL AND c.next_due_on < (app_now() AT TIME ZONE 'UTC')::date AND EXISTS (
               -- Of the people of a demo no register knows anything, so none is overdue.
               SELECT FROM capability_period cp WHERE cp.practitioner_id = k.practitioner_id AND cp.checked_until < 'infinity') AS stale
      FROM credential k
      JOIN LATERAL (SELECT * FROM credential_check WHERE credential_id = k.id AND result = 'confirmed' ORDER BY checked_at DESC LIMIT 1) c ON true
     CROSS JOIN LATERAL array_position(ARRAY['registration', 'prescribing_right', 'qualification', 'toxin_training', 'life_support', 'indemnity_insurance', 'premises'], k.kind) AS place
     WHERE k.practitioner_id = ${practitionerId} AND k.withdrawn_at IS NULL AND k.valid @> (app_now() AT TIME ZONE 'UTC')::date
     ORDER BY place, k.title, k.issuer, k.register, k.number, c.checked_at DESC`.execute(db);
  return rows;
}

/** With whom a practitioner works under supervision, both ways; listed people only. */
export async function findColleagues(db: Queryable, practitionerId: string) {
  const { rows } = await sql<{ slug: string; name: string; profession_name: string; supervises: boolean }>`
    SELECT o.slug, concat_ws(' ', o.title, o.display_name) AS name, f.name AS profession_name, s.injector_id = ${practitionerId} AS supervises
      FROM supervision s
      JOIN practitioner o ON o.id = CASE WHEN s.injector_id = ${practitionerId} THEN s.prescriber_id ELSE s.injector_id END
      JOIN profession f ON f.code = o.profession
     WHERE ${practitionerId}::uuid IN (s.injector_id, s.prescriber_id) AND s.valid @> app_now()
       AND EXISTS (SELECT FROM listing i WHERE i.practitioner_id = o.id)
     ORDER BY s.seat`.execute(db);
  return rows;
}

/** Under which address somebody is to be found who had this one before. */
export async function findCurrentSlug(db: Queryable, former: string): Promise<string | undefined> {
  const { rows } = await sql<{ slug: string }>`
    SELECT p.slug FROM practitioner_slug k JOIN practitioner p ON p.id = k.practitioner_id
     WHERE k.slug = ${former} AND p.slug <> k.slug`.execute(db);
  return rows[0]?.slug;
}

/** What somebody has shown of their training, the latest first. */
export async function findTraining(db: Queryable, practitionerId: string) {
  const { rows } = await sql<{
    kind: string;
    title: string;
    issuer: string;
    since: string;
    isCurrent: boolean;
  }>`
    SELECT k.kind, k.title, k.issuer, lower(k.valid) AS since, k.valid @> app_now()::date AS "isCurrent" FROM credential k
     WHERE k.practitioner_id = ${practitionerId} AND k.withdrawn_at IS NULL AND k.kind IN ('qualification', 'toxin_training', 'life_support')
     ORDER BY lower(k.valid) DESC, k.id`.execute(db);
  return rows;
}

export async function findListedSlugs(db: Queryable): Promise<string[]> {
  const { rows } = await sql<{ slug: string }>`
    SELECT DISTINCT p.slug FROM listing i JOIN practitioner p ON p.id = i.practitioner_id ORDER BY p.slug`.execute(
    db,
  );
  return rows.map(({ slug }) => slug);
}

// What has to be made anew

/** Practitioners whose documents are out of date, the longest first. */
export async function findStale(
  db: Queryable,
  limit: number,
): Promise<{ practitionerId: string; marks: number }[]> {
  const { rows } = await sql<{ practitionerId: string; marks: number }>`
    SELECT practitioner_id AS "practitionerId", marks FROM search_stale ORDER BY since LIMIT ${limit}`.execute(
    db,
  );
  return rows;
}

/** Marks these practitioners, and those whose patients they see first. */
export async function insertStale(db: Queryable, practitionerIds: readonly string[]): Promise<void> {
  await sql`
    INSERT INTO search_stale AS s (practitioner_id)
    SELECT id FROM practitioner WHERE id = ANY (${practitionerIds}::uuid[])
     UNION SELECT injector_id FROM supervision WHERE prescriber_id = ANY (${practitionerIds}::uuid[])
     ORDER BY 1
    ON CONFLICT (practitioner_id) DO UPDATE SET marks = s.marks + 1`.execute(db);
}

/** Takes off the list who was not marked again meanwhile. */
export async function deleteStale(
  db: Queryable,
  made: readonly { practitionerId: string; marks: number }[],
): Promise<void> {
  await sql`
    DELETE FROM search_stale s USING json_to_recordset(${JSON.stringify(made)}::json) AS made ("practitionerId" uuid, marks integer)
     WHERE s.practitioner_id = made."practitionerId" AND s.marks = made.marks`.execute(db);
}

/** Whom something concerns: a practitioner, an appointment's, or the two of a supervision. */
export async function findConcerned(db: Queryable, subjectId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM practitioner WHERE id = ${subjectId}
     UNION SELECT practitioner_id FROM appointment WHERE id = ${subjectId}
     UNION SELECT unnest(ARRAY[injector_id, prescriber_id]) FROM supervision WHERE id = ${subjectId}`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/** Practitioners whose earliest free time has gone by, or cannot be booked any more; those long gone first. */
export async function findPassed(db: Queryable, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT DISTINCT ON (d.earliest_slot_at, d.practitioner_id) d.practitioner_id AS id FROM search_document d
     WHERE d.earliest_slot_at < app_now() ORDER BY d.earliest_slot_at, d.practitioner_id LIMIT ${limit}`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/** How many documents there are, and how many practitioners wait for new ones, the first of them since when. */
export async function findIndexState(
  db: Queryable,
): Promise<{ documents: number; stale: number; staleSeconds: number }> {
  const { rows } = await sql<{ documents: number; stale: number; staleSeconds: number }>`
    SELECT (SELECT count(*) FROM search_document) AS documents, count(*) AS stale,
           coalesce(extract(epoch FROM app_now() - min(since)), 0)::float8 AS "staleSeconds"
      FROM search_stale`.execute(db);
  return rows[0]!;
}

export async function hasDocuments(db: Queryable): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`SELECT EXISTS (SELECT FROM search_document) AS has`.execute(
    db,
  );
  return rows[0]!.has;
}

/** Takes a lock of this connection, unless another has it. It is kept beyond transactions. */
export async function tryLock(connection: Queryable, name: string): Promise<boolean> {
  const { rows } = await sql<{ got: boolean }>`SELECT pg_try_advisory_lock(hashtext(${name})) AS got`.execute(
    connection,
  );
  return rows[0]!.got;
}

export async function unlock(connection: Queryable, name: string): Promise<void> {
  await sql`SELECT pg_advisory_unlock(hashtext(${name}))`.execute(connection);
}
