import { sql, type RawBuilder } from 'kysely';
import { rangeValue, type Queryable, type Trx } from '#lib/server/platform/db.ts';
import { span, type InstantRange } from '#lib/server/platform/instants.ts';
import { isDouble } from '../booking/queries.ts';
import type { PassedOver, Wish } from './wish.ts';

// Asking

export async function lockPatient(trx: Trx, accountId: string): Promise<{ id: string } | undefined> {
  return trx
    .selectFrom('patient')
    .select('id')
    .where('account_id', '=', accountId)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

export function findVisitToMove(db: Queryable, patientId: string, appointmentId: string) {
  return db
    .selectFrom('appointment')
    .innerJoin('practitioner', 'practitioner.id', 'appointment.practitioner_id')
    .where('appointment.id', '=', appointmentId)
    .where('appointment.patient_id', '=', patientId)
    .where('appointment.state', '=', 'confirmed')
    .where('appointment.kind', '<>', 'treatment')
    .where(sql<boolean>`lower(appointment.during) > app_now()`)
    .select([
      'appointment.id',
      'appointment.kind',
      'appointment.during',
      'appointment.time_zone as timeZone',
      sql<string>`concat_ws(' ', practitioner.title, practitioner.display_name)`.as('practitionerName'),
    ])
    .executeTakeFirst();
}

/** Somebody listed who sees people for a consultation. */
export function findConsultant(db: Queryable, slug: string) {
  return db
    .selectFrom('listing')
    .innerJoin('practitioner', 'practitioner.id', 'listing.practitioner_id')
    .where('practitioner.slug', '=', slug)
    .where('listing.may_consult', '=', true)
    .select([
      'practitioner.id',
      'practitioner.slug',
      sql<string>`concat_ws(' ', practitioner.title, practitioner.display_name)`.as('name'),
    ])
    .executeTakeFirst();
}

/** The day and the least age for a first visit: by the law of the practitioner's place, or everybody's. */
export async function findWelcome(
  db: Queryable,
  slug: string | null,
): Promise<{ today: string; leastAge: number }> {
  const { rows } = await sql<{ today: string; leastAge: number }>`
    SELECT now.today, policy_number(coalesce(
             (SELECT l.jurisdiction FROM listing l JOIN practitioner p ON p.id = l.practitioner_id WHERE p.slug = ${slug} LIMIT 1), 'platform'),
             'min_age', now.today) AS "leastAge"
      FROM (SELECT (app_now() AT TIME ZONE 'UTC')::date AS today) AS now`.execute(db);
  return rows[0]!;
}

/** The place of this name, or the largest that begins with it. */
export async function findPlaceNamed(db: Queryable, name: string) {
  const { rows } = await sql<{ name: string; latitude: number; longitude: number }>`
    SELECT name, latitude, longitude FROM place
     WHERE plain_name LIKE plain(${name.replaceAll(/[\\%_]/g, '')}) || '%' AND ${name} <> ''
     ORDER BY plain_name = plain(${name}) DESC, population DESC LIMIT 1`.execute(db);
  return rows[0];
}

/** The lowest number among a patient's three that is free, or null. */
export async function freeNumber(trx: Trx, patientId: string): Promise<number | null> {
  const { rows } = await sql<{ number: number | null }>`
    SELECT min(n)::int AS number FROM generate_series(1, 3) AS n
     WHERE NOT EXISTS (SELECT FROM waitlist_entry e WHERE e.patient_id = ${patientId} AND e.number = n AND e.state = 'waiting')`.execute(
    trx,
  );
  return rows[0]!.number;
}

export interface NewEntry extends Pick<
  Wish,
  'patientId' | 'weekdays' | 'fromMinute' | 'untilMinute' | 'earliestDay' | 'latestDay'
> {
  number: number;
  /** At whose desk it was asked for; null where the patient did it alone. */
  deskClinicId: string | null;
  wanted:
    | { appointmentId: string }
    | { practitionerId: string }
    | { near: { name: string; latitude: number; longitude: number }; radiusKm: number };
}

export async function insertEntry(trx: Trx, { wanted, ...entry }: NewEntry): Promise<string> {
  const { id } = await trx
    .insertInto('waitlist_entry')
    .values({
      patient_id: entry.patientId,
      number: entry.number,
      weekdays: [...entry.weekdays],
      from_minute: entry.fromMinute,
      until_minute: entry.untilMinute,
      earliest_day: entry.earliestDay,
      latest_day: entry.latestDay,
      desk_clinic_id: entry.deskClinicId,
      ...('appointmentId' in wanted && { appointment_id: wanted.appointmentId }),
      ...('practitionerId' in wanted && { practitioner_id: wanted.practitionerId }),
      ...('near' in wanted && {
        near: wanted.near.name,
        latitude: wanted.near.latitude,
        longitude: wanted.near.longitude,
        radius_km: wanted.radiusKm,
      }),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** An entry that still waits, locked, with the time that is kept for it. */
export async function lockWaitingEntry(trx: Trx, patientId: string, entryId: string) {
  const entry = await trx
    .selectFrom('waitlist_entry')
    .where('id', '=', entryId)
    .where('patient_id', '=', patientId)
    .where('state', '=', 'waiting')
    .select('id')
    .forUpdate()
    .executeTakeFirst();
  if (entry === undefined) return undefined;
  const offer = await trx
    .selectFrom('waitlist_offer')
    .where('entry_id', '=', entryId)
    .where('state', '=', 'open')
    .where('open_until', '>', sql<Temporal.Instant>`app_now()`)
    .select(['id', 'block_id as blockId'])
    .forUpdate()
    .executeTakeFirst();
  return { id: entryId, offer: offer ?? null };
}

export async function endEntry(trx: Trx, entryId: string, state: 'served' | 'left'): Promise<void> {
  await trx.updateTable('waitlist_entry').set({ state }).where('id', '=', entryId).execute();
}

/** Nothing can be offered any more: the last day is over everywhere, or the visit was cancelled or has been. */
export async function endEntriesPastHope(trx: Trx): Promise<void> {
  await sql`
    UPDATE waitlist_entry e SET state = 'ended'
     WHERE e.state = 'waiting'
       AND (e.latest_day < (app_now() AT TIME ZONE 'Etc/GMT+12')::date
         OR EXISTS (SELECT FROM appointment a WHERE a.id = e.appointment_id
                     AND (a.state NOT IN ('confirmed', 'paused') OR lower(a.during) <= app_now())))
       AND NOT EXISTS (SELECT FROM waitlist_offer o WHERE o.entry_id = e.id AND o.state = 'open')`.execute(
    trx,
  );
}

// Time that has come free

/** The time of a cancelled visit, or the one that a visit has moved away from. Answers whether anybody waits for it. */
export async function insertFreedAppointment(trx: Trx, eventId: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    INSERT INTO freed_time (event_id, practitioner_id, location_id, span)
    SELECT e.id, a.practitioner_id, a.location_id,
           CASE e.type WHEN 'appointment.moved'
             THEN tstzrange((e.payload ->> 'from')::timestamptz, (e.payload ->> 'from')::timestamptz + (upper(a.during) - lower(a.during)))
             ELSE a.during END
      FROM event e JOIN appointment a ON a.id = e.subject_id
     WHERE e.id = ${eventId}
       AND EXISTS (SELECT FROM waitlist_wish w WHERE w.practitioner_id = a.practitioner_id AND w.location_id = a.location_id)
    ON CONFLICT ON CONSTRAINT freed_time_once DO NOTHING`.execute(trx);
  return numAffectedRows! > 0n;
}

/** The time of a closure that is gone. Other changes of hours name no time: what they open is everybody's at once. */
export async function insertFreedClosure(trx: Trx, eventId: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    INSERT INTO freed_time (event_id, practitioner_id, location_id, span)
    SELECT e.id, p.practitioner_id, p.location_id, tstzrange(greatest(app_now(), (e.payload ->> 'freedFrom')::timestamptz), (e.payload ->> 'freedUntil')::timestamptz)
      FROM event e JOIN practice p ON p.practitioner_id = e.subject_id
     WHERE e.id = ${eventId} AND (e.payload ->> 'freedUntil')::timestamptz > app_now()
       AND p.location_id = coalesce((e.payload ->> 'locationId')::uuid, p.location_id)
       AND EXISTS (SELECT FROM waitlist_wish w WHERE w.practitioner_id = p.practitioner_id AND w.location_id = p.location_id)
    ON CONFLICT ON CONSTRAINT freed_time_once DO NOTHING`.execute(trx);
  return numAffectedRows! > 0n;
}

/** Freed time that is not settled yet, the soonest first. */
export async function findFreedTimes(db: Queryable): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM freed_time WHERE done_at IS NULL ORDER BY lower(span), id`.execute(db);
  return rows.map(({ id }) => id);
}

export interface FreedTime {
  id: string;
  practitionerId: string;
  locationId: string;
  timeZone: string;
  span: InstantRange;
  now: Temporal.Instant;
}

/** The freed time, unless it is settled or another worker is at it. */
export async function lockFreedTime(trx: Trx, id: string): Promise<FreedTime | undefined> {
  const { rows } = await sql<FreedTime>`
    SELECT f.id, f.practitioner_id AS "practitionerId", f.location_id AS "locationId", l.time_zone AS "timeZone", f.span, app_now() AS now
      FROM freed_time f JOIN location l ON l.id = f.location_id
     WHERE f.id = ${id} AND f.done_at IS NULL FOR NO KEY UPDATE OF f SKIP LOCKED`.execute(trx);
  return rows[0];
}

/** Everybody who waits for time of this practice, in the order of asking. */
export async function findWishes(trx: Trx, { id, practitionerId, locationId }: FreedTime): Promise<Wish[]> {
  const { rows } = await sql<Wish>`
    SELECT w.entry_id AS "entryId", w.patient_id AS "patientId", w.kind, w.weekdays,
           w.from_minute AS "fromMinute", w.until_minute AS "untilMinute", w.earliest_day AS "earliestDay", w.latest_day AS "latestDay",
           w.booked_for AS "bookedFor",
           coalesce((SELECT ${isDouble} FROM appointment JOIN practice USING (practitioner_id, location_id) WHERE appointment.id = w.appointment_id), false) AS "isDouble",
           EXISTS (SELECT FROM waitlist_offer o WHERE o.patient_id = w.patient_id AND o.state = 'open') AS "hasOffer",
           EXISTS (SELECT FROM waitlist_offer o WHERE o.entry_id = w.entry_id AND o.freed_time_id = ${id}) AS "wasAsked",
           ARRAY(SELECT (extract(epoch FROM lower(o.during)) * 1000)::float8 FROM waitlist_offer o
                  WHERE o.entry_id = w.entry_id AND o.practitioner_id = w.practitioner_id) AS "askedStarts",
           (SELECT coalesce(jsonb_agg(jsonb_build_array(extract(epoch FROM lower(a.during)) * 1000, extract(epoch FROM upper(a.during)) * 1000)), '[]')
              FROM appointment a WHERE a.patient_id = w.patient_id AND a.live AND a.id IS DISTINCT FROM w.appointment_id) AS busy
      FROM waitlist_wish w
     WHERE w.practitioner_id = ${practitionerId} AND w.location_id = ${locationId}
     ORDER BY w.turn`.execute(trx);
  return rows;
}

/** Whether part of it is only held, or offered to somebody, and may yet come free again. */
export async function isKeptForNow(trx: Trx, freed: FreedTime): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM block b LEFT JOIN appointment a ON a.block_id = b.id
     WHERE b.practitioner_id = ${freed.practitionerId} AND b.span && ${rangeValue(freed.span)}
       AND (b.reserved_until > app_now() OR a.hold_expires_at > app_now()) LIMIT 1`.execute(trx);
  return rows.length > 0;
}

export async function finishFreedTime(trx: Trx, id: string): Promise<void> {
  await sql`UPDATE freed_time SET done_at = app_now() WHERE id = ${id}`.execute(trx);
}

// Offers

export async function insertOffer(
  trx: Trx,
  offer: { freed: FreedTime; wish: Wish; blockId: string; start: Temporal.Instant; end: Temporal.Instant },
): Promise<string> {
  const { freed, wish, blockId, start, end } = offer;
  const { rows } = await sql<{ id: string }>`
    INSERT INTO waitlist_offer (freed_time_id, entry_id, patient_id, practitioner_id, location_id, kind, during, block_id)
    VALUES (${freed.id}, ${wish.entryId}, ${wish.patientId}, ${freed.practitionerId}, ${freed.locationId}, ${wish.kind},
            ${rangeValue(span(start, end))}, ${blockId})
    RETURNING id`.execute(trx);
  return rows[0]!.id;
}

export async function insertPassedOver(
  trx: Trx,
  offerId: string,
  passedOver: readonly { entryId: string; reason: PassedOver }[],
): Promise<void> {
  if (passedOver.length === 0) return;
  await trx
    .insertInto('waitlist_passed_over')
    .values(passedOver.map(({ entryId, reason }) => ({ offer_id: offerId, entry_id: entryId, reason })))
    .execute();
}

/** The block goes first, in the order in which the claim of a time takes the two. */
export async function lapseOffers(trx: Trx): Promise<void> {
  await sql`
    DELETE FROM block WHERE reserved_until <= app_now()
       AND id IN (SELECT block_id FROM waitlist_offer WHERE state = 'open' AND open_until <= app_now())`.execute(
    trx,
  );
  await sql`UPDATE waitlist_offer SET state = 'lapsed' WHERE state = 'open' AND open_until <= app_now()`.execute(
    trx,
  );
}

export interface LockedOffer {
  id: string;
  entryId: string;
  practitionerId: string;
  locationId: string;
  during: InstantRange;
  blockId: string | null;
  isOpen: boolean;
  /** The visit that it would take the place of. */
  bookedId: string | null;
  /** What was moved or booked when it was accepted. */
  acceptedId: string | null;
  patient: { id: string; dateOfBirth: string };
}

/** Whose waiting is meant: the patient of an account, or as far as the desk of these clinics has to do with it. */
export type Whose = { accountId: string } | { patientId: string; clinicIds: readonly string[] };

const isTheirs = (whose: Whose) =>
  'accountId' in whose ? sql`p.account_id = ${whose.accountId}` : sql`p.id = ${whose.patientId}`;
const isAtTheirDesk = (whose: Whose, locationId: RawBuilder<unknown>) =>
  'accountId' in whose
    ? sql`true`
    : sql`EXISTS (SELECT FROM location here WHERE here.id = ${locationId} AND here.clinic_id = ANY (${whose.clinicIds}::uuid[]))`;

export async function lockOffer(trx: Trx, offerId: string, whose: Whose): Promise<LockedOffer | undefined> {
  const { rows } = await sql<LockedOffer>`
    SELECT o.id, o.entry_id AS "entryId", o.practitioner_id AS "practitionerId", o.location_id AS "locationId", o.during,
           o.block_id AS "blockId", (o.state = 'open' AND o.open_until > app_now()) AS "isOpen",
           e.appointment_id AS "bookedId", o.appointment_id AS "acceptedId",
           jsonb_build_object('id', p.id, 'dateOfBirth', p.date_of_birth) AS patient
      FROM waitlist_offer o JOIN waitlist_entry e ON e.id = o.entry_id JOIN patient p ON p.id = o.patient_id
     WHERE o.id = ${offerId} AND ${isTheirs(whose)} AND ${isAtTheirDesk(whose, sql`o.location_id`)} FOR NO KEY UPDATE OF o`.execute(
    trx,
  );
  return rows[0];
}

export async function setOfferState(
  trx: Trx,
  offerId: string,
  change: { state: 'accepted'; appointment_id: string } | { state: 'declined' },
): Promise<void> {
  await trx.updateTable('waitlist_offer').set(change).where('id', '=', offerId).execute();
}

export async function deleteBlock(trx: Trx, blockId: string | null): Promise<void> {
  await trx.deleteFrom('block').where('id', '=', blockId).execute();
}

// What pages show

const WITH_WHOM = sql`
  concat_ws(' ', r.title, r.display_name) AS "practitionerName", r.slug, l.time_zone AS "timeZone", c.name AS "clinicName", c.phone AS "clinicPhone",
  concat_ws(', ', nullif(l.name, c.name), l.street, concat_ws(' ', l.locality, l.postcode)) AS address`;

export interface WaitingEntry {
  id: string;
  appointmentId: string | null;
  kind: Wish['kind'];
  bookedFor: Temporal.Instant | null;
  timeZone: string | null;
  practitionerName: string | null;
  near: string | null;
  radiusKm: number | null;
  weekdays: number[];
  fromMinute: number;
  untilMinute: number;
  earliestDay: string;
  latestDay: string;
  offerId: string | null;
  offerDuring: InstantRange | null;
  offerUntil: Temporal.Instant | null;
  offerTimeZone: string | null;
}

/** What a patient waits for, in the order of asking; a desk sees what is for visits or practitioners of its clinics. */
export async function findWaitingEntries(db: Queryable, whose: Whose): Promise<WaitingEntry[]> {
  const { rows } = await sql<WaitingEntry>`
    SELECT e.id, e.appointment_id AS "appointmentId", coalesce(a.kind, 'consultation') AS kind, lower(a.during) AS "bookedFor",
           a.time_zone AS "timeZone", concat_ws(' ', r.title, r.display_name) AS "practitionerName", e.near, e.radius_km AS "radiusKm",
           e.weekdays, e.from_minute AS "fromMinute", e.until_minute AS "untilMinute", e.earliest_day AS "earliestDay",
           e.latest_day AS "latestDay", o.id AS "offerId", o.during AS "offerDuring", o.open_until AS "offerUntil",
           (SELECT l.time_zone FROM location l WHERE l.id = o.location_id) AS "offerTimeZone"
      FROM waitlist_entry e
      JOIN patient p ON p.id = e.patient_id
      LEFT JOIN appointment a ON a.id = e.appointment_id
      LEFT JOIN practitioner r ON r.id = coalesce(a.practitioner_id, e.practitioner_id)
      LEFT JOIN waitlist_offer o ON o.entry_id = e.id AND o.state = 'open' AND o.open_until > app_now()
       AND ${isAtTheirDesk(whose, sql`o.location_id`)}
     WHERE ${isTheirs(whose)} AND e.state = 'waiting'
       AND (${isAtTheirDesk(whose, sql`a.location_id`)}
         OR EXISTS (SELECT FROM practice w WHERE w.practitioner_id = e.practitioner_id AND ${isAtTheirDesk(whose, sql`w.location_id`)}))
     ORDER BY e.turn`.execute(db);
  return rows;
}

export interface OfferFacts {
  id: string;
  kind: Wish['kind'];
  during: InstantRange;
  state: 'open' | 'accepted' | 'declined' | 'lapsed';
  openUntil: Temporal.Instant;
  acceptedId: string | null;
  bookedFor: Temporal.Instant | null;
  practitionerName: string;
  slug: string;
  timeZone: string;
  clinicName: string;
  clinicPhone: string;
  address: string;
  locale: string;
  feeMinorUnits: number;
  currency: string;
  feeCovers: string;
}

/** An offer to the patient of this account; open only while its time lasts. */
export async function findOffer(
  db: Queryable,
  offerId: string,
  accountId: string,
): Promise<OfferFacts | undefined> {
  const { rows } = await sql<OfferFacts>`
    SELECT o.id, o.kind, o.during, CASE WHEN o.state = 'open' AND o.open_until <= app_now() THEN 'lapsed' ELSE o.state END AS state,
           o.open_until AS "openUntil", o.appointment_id AS "acceptedId", lower(a.during) AS "bookedFor", ${WITH_WHOM},
           j.locale, w.consultation_fee_minor AS "feeMinorUnits", w.currency, w.consultation_fee_covers AS "feeCovers"
      FROM waitlist_offer o
      JOIN waitlist_entry e ON e.id = o.entry_id
      JOIN patient p ON p.id = o.patient_id
      LEFT JOIN appointment a ON a.id = e.appointment_id
      JOIN practitioner r ON r.id = o.practitioner_id
      JOIN practice w ON w.practitioner_id = o.practitioner_id AND w.location_id = o.location_id
      JOIN location l ON l.id = o.location_id JOIN clinic c ON c.id = l.clinic_id JOIN jurisdiction j ON j.code = l.jurisdiction
     WHERE o.id = ${offerId} AND p.account_id = ${accountId}`.execute(db);
  return rows[0];
}

/** Times that are kept at these clinics for people whom their desk knows, the first to run out first. */
export async function findKeptTimes(db: Queryable, clinicIds: readonly string[]) {
  const { rows } = await sql<{
    offerId: string;
    patientId: string;
    patientName: string;
    phone: string | null;
    practitionerName: string;
    during: InstantRange;
    openUntil: Temporal.Instant;
    timeZone: string;
  }>`
    SELECT o.id AS "offerId", p.id AS "patientId", p.given_name || ' ' || p.family_name AS "patientName", p.phone,
           concat_ws(' ', r.title, r.display_name) AS "practitionerName", o.during, o.open_until AS "openUntil", l.time_zone AS "timeZone"
      FROM waitlist_offer o JOIN patient p ON p.id = o.patient_id JOIN practitioner r ON r.id = o.practitioner_id
      JOIN location l ON l.id = o.location_id
     WHERE o.state = 'open' AND o.open_until > app_now() AND l.clinic_id = ANY (${clinicIds}::uuid[])
       AND known_at_clinic(p.id, l.clinic_id)
     ORDER BY o.open_until, o.id`.execute(db);
  return rows;
}

/** How many people wait for time of this practitioner. */
export async function countWaiting(db: Queryable, practitionerId: string): Promise<number> {
  const { rows } = await sql<{ waiting: number }>`
    SELECT count(DISTINCT patient_id)::int AS waiting FROM waitlist_wish WHERE practitioner_id = ${practitionerId}`.execute(
    db,
  );
  return rows[0]!.waiting;
}
