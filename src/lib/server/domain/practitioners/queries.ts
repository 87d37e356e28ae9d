import { sql } from 'kysely';
import type { Queryable, Trx } from '#lib/server/platform/db.ts';
import type { Jurisdiction, Profession } from '../policy/codes.ts';
import type { HighRiskKind } from './high-risk-change.ts';
import type { Cover, Fees, Location, PlaceWords, Profile, Words, You } from './input.ts';

/** An application of this account, with what decides what may be asked and changed. */
export interface OwnApplication {
  id: string;
  practitionerId: string;
  accountId: string;
  jurisdiction: Jurisdiction;
  place: string;
  profession: Profession;
  locationId: string | null;
  /** Reviewers are at work on it. */
  isOpen: boolean;
  wasApproved: boolean;
}

const ownApplication = (accountId: string) => sql`
  SELECT a.id, a.practitioner_id AS "practitionerId", p.account_id AS "accountId", a.jurisdiction, j.name AS place, p.profession,
         a.location_id AS "locationId",
         EXISTS (SELECT FROM vetting_case v WHERE v.practitioner_id = p.id AND v.jurisdiction = a.jurisdiction
                  AND v.state IN ('submitted', 'checks_complete')) AS "isOpen",
         EXISTS (SELECT FROM vetting_case v WHERE v.practitioner_id = p.id AND v.state = 'approved') AS "wasApproved"
    FROM application a JOIN practitioner p ON p.id = a.practitioner_id JOIN jurisdiction j ON j.code = a.jurisdiction
   WHERE p.account_id = ${accountId}`;

export async function findOwnApplication(
  db: Queryable,
  accountId: string,
  applicationId: string,
): Promise<OwnApplication | undefined> {
  const { rows } =
    await sql<OwnApplication>`${ownApplication(accountId)} AND a.id = ${applicationId}`.execute(db);
  return rows[0];
}

/** The newest first. */
export async function findOwnApplications(db: Queryable, accountId: string): Promise<OwnApplication[]> {
  const { rows } =
    await sql<OwnApplication>`${ownApplication(accountId)} ORDER BY a.started_at DESC, a.id`.execute(db);
  return rows;
}

export function lockOwnPractitioner(trx: Trx, accountId: string) {
  return trx
    .selectFrom('practitioner')
    .where('account_id', '=', accountId)
    .select(['id', 'profession'])
    .forUpdate()
    .executeTakeFirst();
}

export function findAccountName(trx: Trx, accountId: string) {
  return trx
    .selectFrom('account')
    .where('id', '=', accountId)
    .where('email_verified_at', 'is not', null)
    .select('display_name as name')
    .executeTakeFirst();
}

/** A practitioner with nothing but a name; two tabs at once make one. */
export async function insertPractitioner(
  trx: Trx,
  about: { accountId: string; slug: string; name: string; profession: Profession },
): Promise<void> {
  await trx
    .insertInto('practitioner')
    .values({
      account_id: about.accountId,
      slug: about.slug,
      display_name: about.name,
      family_name: about.name.split(' ').at(-1)!,
      profession: about.profession,
      portrait_seed: sql<number>`(random() * 1000000)::integer`,
    })
    .onConflict((conflict) => conflict.column('account_id').doNothing())
    .execute();
}

export async function changeProfession(trx: Trx, profession: Profession): Promise<void> {
  await sql`SELECT change_profession(${profession})`.execute(trx);
}

export async function insertApplication(
  trx: Trx,
  practitionerId: string,
  jurisdiction: Jurisdiction,
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    WITH begun AS (INSERT INTO application (practitioner_id, jurisdiction) VALUES (${practitionerId}, ${jurisdiction})
      ON CONFLICT ON CONSTRAINT application_once DO NOTHING RETURNING id)
    SELECT id FROM begun UNION ALL
    SELECT id FROM application WHERE practitioner_id = ${practitionerId} AND jurisdiction = ${jurisdiction}`.execute(
    trx,
  );
  return rows[0]!.id;
}

// Answers

export function findAnswers(db: Queryable, practitionerId: string) {
  return db
    .selectFrom('practitioner')
    .where('id', '=', practitionerId)
    .select([
      'slug',
      'title',
      'display_name as displayName',
      'family_name as familyName',
      'pronouns',
      'gender',
    ])
    .select(['languages', 'practising_since as practisingSince', 'headline', 'biography', 'regions'])
    .select(['out_of_hours_name as outOfHoursName', 'out_of_hours_phone as outOfHoursPhone'])
    .select('records_custodian as recordsCustodian')
    .executeTakeFirstOrThrow();
}

/**
 * Writes who somebody is, and the address of their page, which follows from the name. What reviewers are asked about, or
 * have approved, stays (`practitioner_checked`).
 */
export async function updateYou(trx: Trx, practitionerId: string, you: You): Promise<void> {
  await trx
    .updateTable('practitioner')
    .set({
      title: you.title,
      display_name: you.displayName,
      family_name: you.familyName,
      practising_since: you.practisingSince,
      slug: sql<string>`CASE WHEN display_name = ${you.displayName} AND slug NOT LIKE 'new-%' THEN slug ELSE free_slug(${you.displayName}, id) END`,
    })
    .where('id', '=', practitionerId)
    .execute();
}

export async function updatePerson(
  trx: Trx,
  practitionerId: string,
  { pronouns, gender, languages }: Pick<Words, 'pronouns' | 'gender' | 'languages'>,
): Promise<void> {
  await trx
    .updateTable('practitioner')
    .set({ pronouns, gender, languages })
    .where('id', '=', practitionerId)
    .execute();
}

export async function updateProfile(trx: Trx, practitionerId: string, profile: Profile): Promise<void> {
  await trx
    .updateTable('practitioner')
    .set({ headline: profile.headline, biography: profile.biography, regions: [...profile.regions] })
    .where('id', '=', practitionerId)
    .execute();
}

export async function updateCover(trx: Trx, practitionerId: string, cover: Cover): Promise<void> {
  await trx
    .updateTable('practitioner')
    .set({
      out_of_hours_name: cover.outOfHoursName,
      out_of_hours_phone: cover.outOfHoursPhone,
      records_custodian: cover.recordsCustodian,
    })
    .where('id', '=', practitionerId)
    .execute();
}

// Where, and on what terms

export interface Town {
  id: number;
  name: string;
  region: string;
  latitude: number;
  longitude: number;
  timeZone: string;
}

/** Towns of the gazetteer in a jurisdiction whose name begins so, or is nearly that: the best first. */
export async function findTowns(
  db: Queryable,
  place: string,
  asked: { name: string; id: number | null },
  limit: number,
): Promise<Town[]> {
  const beginning = asked.name.replaceAll(/[\\%_]/g, '');
  const { rows } = await sql<Town>`
    SELECT id, name, region, latitude, longitude, time_zone AS "timeZone" FROM place
     WHERE (region = ${place} OR region LIKE '%, ' || ${place})
       AND CASE WHEN ${asked.id}::integer IS NULL THEN plain_name LIKE plain(${beginning}) || '%' OR plain_name % plain(${asked.name})
                ELSE id = ${asked.id} END
     ORDER BY plain_name = plain(${asked.name}) DESC, similarity(plain_name, plain(${asked.name})) DESC, population DESC, id
     LIMIT ${limit}`.execute(db);
  return rows;
}

export function findLocation(db: Queryable, locationId: string) {
  return db
    .selectFrom('location')
    .innerJoin('clinic', 'clinic.id', 'location.clinic_id')
    .where('location.id', '=', locationId)
    .select(['location.clinic_id as clinicId', 'clinic.name as clinicName', 'clinic.phone'])
    .select(['location.street', 'location.locality', 'location.postcode', 'location.time_zone as timeZone'])
    .select(['location.access_features as accessFeatures', 'location.directions'])
    .executeTakeFirstOrThrow();
}

export async function insertLocation(
  trx: Trx,
  application: OwnApplication,
  location: Location,
  town: Town,
): Promise<void> {
  await sql`
    WITH opened AS (INSERT INTO clinic (name, phone) VALUES (${location.clinicName}, ${location.phone}) RETURNING id),
    at AS (INSERT INTO location (clinic_id, name, street, locality, postcode, jurisdiction, latitude, longitude, time_zone)
      SELECT id, ${location.clinicName}, ${location.street}, ${town.name}, ${location.postcode}, ${application.jurisdiction},
             ${town.latitude}, ${town.longitude}, ${town.timeZone} FROM opened RETURNING id)
    UPDATE application SET location_id = at.id FROM at WHERE application.id = ${application.id}`.execute(trx);
}

/** Whether somebody else practises there too. */
export async function isShared(trx: Trx, locationId: string, practitionerId: string): Promise<boolean> {
  const other = await trx
    .selectFrom('practice')
    .where('location_id', '=', locationId)
    .where('practitioner_id', '<>', practitionerId)
    .select('location_id')
    .executeTakeFirst();
  return other !== undefined;
}

/** Until anybody is approved to see patients there, the address is the applicant's own to put right. */
export async function updateLocation(
  trx: Trx,
  locationId: string,
  location: Location,
  town: Town,
): Promise<void> {
  await sql`
    WITH at AS (UPDATE location SET name = ${location.clinicName}, street = ${location.street}, locality = ${town.name}, postcode = ${location.postcode},
        latitude = ${town.latitude}, longitude = ${town.longitude}, time_zone = ${town.timeZone}
      WHERE id = ${locationId} RETURNING clinic_id)
    UPDATE clinic SET name = ${location.clinicName}, phone = ${location.phone} FROM at WHERE clinic.id = at.clinic_id`.execute(
    trx,
  );
}

export function findFees(db: Queryable, practitionerId: string, locationId: string) {
  return db
    .selectFrom('practice')
    .where('practitioner_id', '=', practitionerId)
    .where('location_id', '=', locationId)
    .select(['consultation_fee_minor as fee', 'consultation_fee_covers as covers', 'currency'])
    .select(['consultation_minutes as consultationMinutes', 'treatment_minutes as treatmentMinutes'])
    .executeTakeFirst();
}

/** Of somebody who holds no consultations the minutes are those of a treatment. */
export async function savePractice(
  trx: Trx,
  { practitionerId, locationId }: { practitionerId: string; locationId: string },
  fees: Fees,
  { mayConsult, currency }: { mayConsult: boolean; currency: string },
): Promise<void> {
  const length = mayConsult
    ? { consultation_minutes: fees.minutes }
    : { consultation_minutes: 30, treatment_minutes: fees.minutes };
  const terms = { consultation_fee_minor: fees.fee, consultation_fee_covers: fees.covers, ...length };
  await trx
    .insertInto('practice')
    .values({
      practitioner_id: practitionerId,
      location_id: locationId,
      currency,
      ...terms,
    })
    .onConflict((conflict) => conflict.columns(['practitioner_id', 'location_id']).doUpdateSet(terms))
    .execute();
}

// Of somebody who has been approved

/** The account's own practitioner, once approved. */
export async function findOwnApproved(db: Queryable, accountId: string) {
  const { rows } = await sql<{ id: string; slug: string; profession: Profession; name: string }>`
    SELECT id, slug, profession, concat_ws(' ', title, display_name) AS name FROM practitioner
     WHERE account_id = ${accountId} AND was_approved(id)`.execute(db);
  return rows[0];
}

/** Where somebody sees people, in order. */
export async function findOwnPlaces(db: Queryable, practitionerId: string) {
  const { rows } = await sql<{
    locationId: string;
    clinicName: string;
    name: string;
    locality: string;
    jurisdiction: Jurisdiction;
    place: string;
  }>`
    SELECT l.id AS "locationId", c.name AS "clinicName", l.name, l.locality, l.jurisdiction, j.name AS place
      FROM practice w JOIN location l ON l.id = w.location_id JOIN clinic c ON c.id = l.clinic_id JOIN jurisdiction j ON j.code = l.jurisdiction
     WHERE w.practitioner_id = ${practitionerId} ORDER BY l.id`.execute(db);
  return rows;
}

/** Of a place what whoever sees people there says of it. */
export async function updateAccess(
  trx: Trx,
  locationId: string,
  { accessFeatures, directions }: Pick<PlaceWords, 'accessFeatures' | 'directions'>,
): Promise<void> {
  await trx
    .updateTable('location')
    .set({ access_features: accessFeatures, directions })
    .where('id', '=', locationId)
    .execute();
}

/** Everybody who sees people at the clinic of a location. */
export async function findWhoPractises(db: Queryable, locationId: string): Promise<string[]> {
  const found = await db
    .selectFrom('practice')
    .innerJoin('location as at', 'at.id', 'practice.location_id')
    .innerJoin('location as asked', 'asked.clinic_id', 'at.clinic_id')
    .where('asked.id', '=', locationId)
    .orderBy('practitioner_id')
    .select('practitioner_id as id')
    .distinct()
    .execute();
  return found.map(({ id }) => id);
}

/** What was checked of somebody, as it is now. */
export async function findCheckedNow(
  db: Queryable,
  { kind, practitionerId, locationId }: { kind: string; practitionerId: string; locationId: string | null },
): Promise<Record<string, unknown>> {
  const { rows } = await sql<{ now: Record<string, unknown> }>`
    SELECT high_risk_now(${kind}, ${practitionerId}, ${locationId}::uuid) AS now`.execute(db);
  return rows[0]!.now;
}

/** Asked for by whom it is about: who, when and what it is now, the database writes. */
export async function insertHighRiskChange(
  trx: Trx,
  change: {
    practitionerId: string;
    kind: string;
    locationId: string | null;
    after: Record<string, unknown>;
    reason: string;
  },
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    INSERT INTO high_risk_change (practitioner_id, kind, location_id, after, reason)
    VALUES (${change.practitionerId}, ${change.kind}, ${change.locationId}, ${JSON.stringify(change.after)}, ${change.reason})
    RETURNING id`.execute(trx);
  return rows[0]!.id;
}

/** The next step of such a change, by whoever acts. */
export async function takeHighRiskStep(
  trx: Trx,
  id: string,
  step: 'checked' | 'accepted' | 'rejected' | 'withdrawn',
  words: string,
): Promise<void> {
  await sql`SELECT take_high_risk_step(${id}, ${step}, ${words})`.execute(trx);
}

/** What somebody has asked to be changed of what was checked: that waits, and the latest that is done with. */
export async function findOwnChanges(db: Queryable, practitionerId: string) {
  const { rows } = await sql<{
    id: string;
    kind: HighRiskKind;
    locationId: string | null;
    state: 'asked' | 'checked' | 'accepted' | 'rejected' | 'withdrawn';
    before: Record<string, string | number | null>;
    after: Record<string, string | number | null>;
    reason: string;
    askedAt: Temporal.Instant;
    decidedAt: Temporal.Instant | null;
    decisionReason: string;
  }>`
    SELECT id, kind, location_id AS "locationId", state, before, after, reason, asked_at AS "askedAt", decided_at AS "decidedAt",
           decision_reason AS "decisionReason"
      FROM high_risk_change WHERE practitioner_id = ${practitionerId}
     ORDER BY state IN ('asked', 'checked') DESC, coalesce(decided_at, asked_at) DESC LIMIT 12`.execute(db);
  return rows;
}

/** What was changed of somebody since they were first approved, the latest first. */
export async function findHistory(db: Queryable, practitionerId: string, limit: number) {
  const { rows } = await sql<{
    id: string;
    field: string;
    before: string | number | string[] | null;
    after: string | number | string[] | null;
    at: Temporal.Instant;
    place: string | null;
    by: 'themselves' | 'reviewers' | 'system' | 'a colleague';
  }>`
    SELECT h.id, h.field, h.before, h.after, h.changed_at AS at, l.name AS place,
           CASE WHEN h.changed_by IS NULL THEN 'system' WHEN h.changed_by = p.account_id THEN 'themselves'
                WHEN EXISTS (SELECT FROM staff s WHERE s.account_id = h.changed_by) THEN 'reviewers' ELSE 'a colleague' END AS by
      FROM profile_change h JOIN practitioner p ON p.id = h.practitioner_id LEFT JOIN location l ON l.id = h.location_id
     WHERE h.practitioner_id = ${practitionerId} ORDER BY h.changed_at DESC, h.id DESC LIMIT ${limit}`.execute(
    db,
  );
  return rows;
}
