import { sql } from 'kysely';
import { rangeValue, type Queryable, type Trx } from '#lib/server/platform/db.ts';
import type { InstantRange } from '#lib/server/platform/instants.ts';

// People

export async function isStaff(db: Queryable, accountId: string, roles: readonly string[]): Promise<boolean> {
  const row = await db
    .selectFrom('staff')
    .innerJoin('account', 'account.id', 'staff.account_id')
    .where('staff.account_id', '=', accountId)
    .where('staff.role', 'in', roles)
    .where('account.suspended_at', 'is', null)
    .select('staff.role')
    .executeTakeFirst();
  return row !== undefined;
}

/** Locked against every booking with this practitioner: a key of the row is about to change. */
export function lockPractitioner(trx: Trx, practitionerId: string) {
  return trx
    .selectFrom('practitioner')
    .where('id', '=', practitionerId)
    .select(['account_id as accountId', 'standing'])
    .forUpdate()
    .executeTakeFirst();
}

export async function insertSuspension(trx: Trx, practitionerId: string, reason: string): Promise<string> {
  const { id } = await trx
    .insertInto('suspension')
    .values({ practitioner_id: practitionerId, reason })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function markSuspended(trx: Trx, practitionerId: string): Promise<void> {
  await sql`SELECT suspend_practitioner(${practitionerId})`.execute(trx);
}

// Appointments that can no longer take place

/** Whose appointments: all that stand on one person, those of one who is not listed where they are, or those under one supervision. */
export type Upcoming =
  | { of: string }
  | { unlistedOf: string }
  | { supervised: { injectorId: string; prescriberId: string; jurisdiction: string } };

const unlisted = sql<boolean>`NOT EXISTS (
  SELECT FROM listing l WHERE l.practitioner_id = a.practitioner_id AND l.jurisdiction = a.jurisdiction)`;

function isAmong(which: Upcoming) {
  if ('of' in which) return sql<boolean>`(a.practitioner_id = ${which.of} OR a.prescriber_id = ${which.of})`;
  // Who already waits there is told at the start of the visit, where the credential is asked again (L4).
  if ('unlistedOf' in which)
    return sql<boolean>`a.practitioner_id = ${which.unlistedOf} AND a.state <> 'arrived' AND lower(a.during) > app_now() AND ${unlisted}`;
  const { injectorId, prescriberId, jurisdiction } = which.supervised;
  return sql<boolean>`a.practitioner_id = ${injectorId} AND a.prescriber_id = ${prescriberId}
    AND a.jurisdiction = ${jurisdiction} AND NOT a.independent`;
}

/** Pauses what is confirmed for more than a day from now and cancels the rest. Locked in one order, as bookings are. */
export async function endUpcoming(trx: Trx, which: Upcoming) {
  const { rows } = await sql<{ id: string; clinicId: string; was: string; state: 'paused' | 'cancelled' }>`
    WITH upcoming AS (
      SELECT a.id, a.state = 'confirmed' AND lower(a.during) > app_now() + interval '24 hours' AS waits
        FROM appointment a WHERE a.state IN ('held', 'confirmed', 'arrived') AND ${isAmong(which)}
       ORDER BY a.id FOR UPDATE)
    UPDATE appointment a
       SET state = CASE WHEN u.waits THEN 'paused' ELSE 'cancelled' END,
           cancelled_by = CASE WHEN NOT u.waits THEN 'system' END
      FROM upcoming u WHERE a.id = u.id
    RETURNING a.id, a.clinic_id AS "clinicId", old.state AS was, a.state`.execute(trx);
  return rows;
}

/** The last treatment of each patient within 28 days, where the practitioner is no longer listed. */
export async function findRecentlyTreated(trx: Trx, practitionerId: string) {
  const { rows } = await sql<{ id: string; clinicId: string }>`
    SELECT DISTINCT ON (a.patient_id) a.id, a.clinic_id AS "clinicId" FROM appointment a
     WHERE a.practitioner_id = ${practitionerId} AND a.kind = 'treatment' AND a.state IN ('completed', 'stopped')
       AND a.ended_at > app_now() - interval '28 days' AND ${unlisted}
     ORDER BY a.patient_id, a.ended_at DESC`.execute(trx);
  return rows;
}

/**
 * Practitioners not listed somewhere because a capability or supervision there has run out since the others were last told,
 * or because a register behind it was not read for too long, or said no. Of everybody, or of one.
 */
export async function findNewlyLapsed(db: Queryable, practitionerId?: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT DISTINCT p.id
      FROM practitioner p
      JOIN (SELECT practitioner_id, jurisdiction, max(least(upper(valid), checked_until)) AS ended_at FROM capability_period GROUP BY practitioner_id, jurisdiction, capability
            UNION ALL
            SELECT injector_id, jurisdiction, max(coalesce(upper(valid), 'infinity')) FROM supervision WHERE valid IS NOT NULL GROUP BY injector_id, jurisdiction
           ) right_to ON right_to.practitioner_id = p.id
     WHERE p.standing = 'good' AND right_to.ended_at <= app_now() AND ${practitionerId === undefined ? sql`true` : sql`p.id = ${practitionerId}`}
       AND NOT EXISTS (SELECT FROM listing l WHERE l.practitioner_id = p.id AND l.jurisdiction = right_to.jurisdiction)
       AND NOT EXISTS (SELECT FROM event e WHERE e.subject_type = 'practitioner' AND e.subject_id = p.id
                        AND e.type = 'practitioner.lapsed' AND e.occurred_at >= right_to.ended_at)`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/** Practitioners of whom a capability or a supervision ended after that instant: they may have lapsed, or been renewed. */
export async function findEndedSince(db: Queryable, since: Temporal.Instant): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT practitioner_id AS id FROM capability_period
     WHERE least(upper(valid), checked_until) > ${since} AND least(upper(valid), checked_until) <= app_now()
    UNION
    SELECT injector_id FROM supervision WHERE upper(valid) > ${since} AND upper(valid) <= app_now()`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

export async function findBookedButUnlisted(db: Queryable): Promise<string[]> {
  const { rows } = await sql<{ practitionerId: string }>`
    SELECT DISTINCT a.practitioner_id AS "practitionerId" FROM appointment a
     WHERE a.state IN ('held', 'confirmed') AND lower(a.during) > app_now() AND ${unlisted}`.execute(db);
  return rows.map(({ practitionerId }) => practitionerId);
}

/** Paused appointments more than a day ahead whose practitioner is listed there again, for that kind of visit. */
export async function findResumable(db: Queryable): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT a.id FROM appointment a JOIN listing l ON l.practitioner_id = a.practitioner_id AND l.jurisdiction = a.jurisdiction
     WHERE a.state = 'paused' AND lower(a.during) > app_now() + interval '24 hours'
       AND CASE a.kind WHEN 'consultation' THEN l.may_consult WHEN 'treatment' THEN l.may_inject ELSE true END
     ORDER BY a.id`.execute(db);
  return rows.map(({ id }) => id);
}

export async function findPausedTooLate(db: Queryable): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM appointment WHERE state = 'paused' AND lower(during) <= app_now() + interval '24 hours' ORDER BY id`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

export function lockPaused(trx: Trx, appointmentId: string) {
  return trx
    .selectFrom('appointment')
    .innerJoin('practice', (join) =>
      join
        .onRef('practice.practitioner_id', '=', 'appointment.practitioner_id')
        .onRef('practice.location_id', '=', 'appointment.location_id'),
    )
    .where('appointment.id', '=', appointmentId)
    .where('appointment.state', '=', 'paused')
    .select([
      'appointment.practitioner_id as practitionerId',
      'appointment.location_id as locationId',
      'appointment.clinic_id as clinicId',
      'appointment.kind',
      'appointment.during',
      'practice.buffer_before_minutes as bufferBeforeMinutes',
      'practice.buffer_after_minutes as bufferAfterMinutes',
    ])
    .forUpdate('appointment')
    .executeTakeFirst();
}

export async function resumeRow(
  trx: Trx,
  appointmentId: string,
  blockId: string,
  blockSpan: InstantRange,
): Promise<void> {
  await trx
    .updateTable('appointment')
    .set({ state: 'confirmed', block_id: blockId, block_span: rangeValue(blockSpan) })
    .where('id', '=', appointmentId)
    .execute();
}

// Supervision

export function lockSupervision(trx: Trx, supervisionId: string) {
  return trx
    .selectFrom('supervision')
    .innerJoin('practitioner as injector', 'injector.id', 'supervision.injector_id')
    .innerJoin('practitioner as prescriber', 'prescriber.id', 'supervision.prescriber_id')
    .where('supervision.id', '=', supervisionId)
    .select([
      'supervision.injector_id as injectorId',
      'supervision.prescriber_id as prescriberId',
      'supervision.jurisdiction',
      'injector.account_id as injectorAccountId',
      'prescriber.account_id as prescriberAccountId',
      sql<boolean>`coalesce(supervision.valid @> app_now(), false)`.as('isLive'),
    ])
    .forUpdate('supervision')
    .executeTakeFirst();
}

/** A practitioner by account, or by id, as a side of a supervision in one place. */
export async function findSide(
  trx: Trx,
  who: { accountId: string } | { practitionerId: string } | { email: string },
  jurisdiction: string,
) {
  const is =
    'accountId' in who
      ? sql`p.account_id = ${who.accountId}`
      : 'email' in who
        ? sql`a.email = ${who.email}`
        : sql`p.id = ${who.practitionerId}`;
  const { rows } = await sql<{
    id: string;
    accountId: string;
    name: string;
    email: string;
    place: string;
    mayPrescribe: boolean;
    isListed: boolean;
    isInsured: boolean;
    couldPrescribe: boolean;
    today: string;
  }>`
    SELECT p.id, p.account_id AS "accountId", concat_ws(' ', p.title, p.display_name) AS name, a.email, j.name AS place,
           EXISTS (SELECT FROM capability_period c WHERE c.practitioner_id = p.id AND c.jurisdiction = j.code AND c.capability = 'prescribe' AND c.valid @> app_now() AND c.checked_until > app_now()) AS "mayPrescribe",
           EXISTS (SELECT FROM listing l WHERE l.practitioner_id = p.id AND l.jurisdiction = j.code) AS "isListed",
           EXISTS (SELECT FROM credential k JOIN vetting_evidence e ON e.credential_id = k.id
                    WHERE k.practitioner_id = p.id AND k.jurisdiction = j.code AND k.covers_prescribing AND k.valid @> app_now()::date) AS "isInsured",
           EXISTS (SELECT FROM profession_capability c WHERE c.profession = p.profession AND c.jurisdiction = j.code AND c.capability = 'prescribe') AS "couldPrescribe",
           app_now()::date AS today
      FROM practitioner p JOIN account a ON a.id = p.account_id JOIN application x ON x.practitioner_id = p.id JOIN jurisdiction j ON j.code = x.jurisdiction
     WHERE ${is} AND j.code = ${jurisdiction}`.execute(trx);
  return rows[0];
}
export type Side = NonNullable<Awaited<ReturnType<typeof findSide>>>;

type Reachable = { id: string; name: string; email: string };

/** The injector and the prescriber of a supervision, to be written to. */
export async function findBothSides(trx: Trx, supervisionId: string): Promise<[Reachable, Reachable]> {
  const { rows } = await sql<Reachable>`
    SELECT p.id, concat_ws(' ', p.title, p.display_name) AS name, a.email
      FROM supervision s JOIN practitioner p ON p.id IN (s.injector_id, s.prescriber_id) JOIN account a ON a.id = p.account_id
     WHERE s.id = ${supervisionId} ORDER BY p.id = s.injector_id DESC`.execute(trx);
  return rows as [Reachable, Reachable];
}

/** A question from one side, signed by it. */
export async function insertSupervision(
  trx: Trx,
  about: { injector: Side; prescriber: Side; jurisdiction: string; askedBy: 'injector' | 'prescriber' },
): Promise<string> {
  const { injector, prescriber, jurisdiction, askedBy } = about;
  const { id } = await trx
    .insertInto('supervision')
    .values({
      injector_id: injector.id,
      prescriber_id: prescriber.id,
      jurisdiction,
      seat: 1,
      injector_accepted_by: askedBy === 'injector' ? injector.accountId : null,
      prescriber_accepted_by: askedBy === 'prescriber' ? prescriber.accountId : null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** A question that is open, locked. */
export function lockQuestion(trx: Trx, supervisionId: string) {
  return trx
    .selectFrom('supervision')
    .where('id', '=', supervisionId)
    .where('valid', 'is', null)
    .where('declined_at', 'is', null)
    .select(['injector_id as injectorId', 'prescriber_id as prescriberId', 'jurisdiction'])
    .select('injector_accepted_by as injectorAcceptedBy')
    .forUpdate()
    .executeTakeFirst();
}

/**
 * Both have agreed: it counts from now until the end of that day, in the first seat that is free there. False where policy
 * leaves the prescriber none. Behind it stands the exclusion `supervision_cap`.
 */
export async function acceptRow(
  trx: Trx,
  supervisionId: string,
  by: { side: 'injector' | 'prescriber'; accountId: string },
  until: string,
): Promise<boolean> {
  const accepted = sql.ref(`${by.side}_accepted_by`);
  const { rows } = await sql`
    UPDATE supervision s SET ${accepted} = ${by.accountId}, seat = free.seat, valid = tstzrange(app_now(), (${until}::date + 1)::timestamptz)
      FROM (SELECT n.seat FROM supervision own
             CROSS JOIN LATERAL generate_series(1, policy_number(own.jurisdiction, 'max_injectors_per_prescriber', app_now()::date)::integer) AS n (seat)
             WHERE own.id = ${supervisionId} AND NOT EXISTS (
               SELECT FROM supervision t WHERE t.prescriber_id = own.prescriber_id AND t.jurisdiction = own.jurisdiction AND t.seat = n.seat
                  AND t.valid && tstzrange(app_now(), (${until}::date + 1)::timestamptz))
             ORDER BY n.seat LIMIT 1) free
     WHERE s.id = ${supervisionId} RETURNING s.id`.execute(trx);
  return rows.length > 0;
}

export async function declineRow(trx: Trx, supervisionId: string): Promise<void> {
  await sql`UPDATE supervision SET declined_at = app_now() WHERE id = ${supervisionId}`.execute(trx);
}

/** Now, or when the last treatment that is under way is planned to end. */
export async function endSupervisionRow(trx: Trx, supervisionId: string): Promise<void> {
  await sql`
    UPDATE supervision s SET valid = tstzrange(lower(s.valid), greatest(app_now(), (
      SELECT max(upper(a.needed_span)) + interval '1 second' FROM appointment a
       WHERE a.state = 'started' AND a.practitioner_id = s.injector_id AND a.needed_supervisor_id = s.prescriber_id AND a.jurisdiction = s.jurisdiction)))
     WHERE s.id = ${supervisionId}`.execute(trx);
}

// Vetting

/** A check older than this supports no decision. Source: NCQA standards 2025, primary-source verification within 120 days. */
const isFresh = sql<boolean>`c.checked_at > app_now() - interval '120 days'`;
/** The last check of credential `k` that a person made: comparisons with a register's file decide nothing. */
const lastLook = sql`SELECT * FROM credential_check WHERE credential_id = k.id AND by_person ORDER BY checked_at DESC LIMIT 1`;
const isCurrent = sql<boolean>`upper(k.valid)::timestamptz > app_now() AND k.withdrawn_at IS NULL`;

export function lockCase(trx: Trx, caseId: string) {
  return trx
    .selectFrom('vetting_case')
    .where('id', '=', caseId)
    .select([
      'id',
      'state',
      'practitioner_id as practitionerId',
      'jurisdiction',
      'subject_account_id as subjectAccountId',
    ])
    .forUpdate()
    .executeTakeFirst();
}
export type LockedCase = NonNullable<Awaited<ReturnType<typeof lockCase>>>;

export function insertCase(
  trx: Trx,
  practitioner: { id: string; accountId: string },
  jurisdiction: string,
  note = '',
) {
  return trx
    .insertInto('vetting_case')
    .values({
      practitioner_id: practitioner.id,
      subject_account_id: practitioner.accountId,
      jurisdiction,
      state: 'submitted',
      note,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
}

/** A credential that this case is about. */
export function findCredential(trx: Trx, vetting: LockedCase, credentialId: string) {
  return trx
    .selectFrom('credential')
    .where('id', '=', credentialId)
    .where('practitioner_id', '=', vetting.practitionerId)
    .where('jurisdiction', '=', vetting.jurisdiction)
    .select(['id', 'register', 'title', 'issuer', sql<string>`upper(valid)`.as('endsOn')])
    .executeTakeFirst();
}

export async function insertCheck(
  trx: Trx,
  check: {
    credentialId: string;
    checkedBy: string;
    source: string;
    sourceUrl: string | null;
    method: string;
    result: string;
    note: string;
    nextDueOn: string;
  },
): Promise<string> {
  const { id } = await trx
    .insertInto('credential_check')
    .values({
      credential_id: check.credentialId,
      checked_by: check.checkedBy,
      source: check.source,
      source_url: check.sourceUrl,
      method: check.method,
      result: check.result,
      note: check.note,
      next_due_on: check.nextDueOn,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Current credentials whose last check found nothing out, or is too old. */
export async function countUnchecked(trx: Trx, vetting: LockedCase): Promise<number> {
  const { rows } = await sql<{ unchecked: number }>`
    SELECT count(*) AS unchecked FROM credential k
      LEFT JOIN LATERAL (${lastLook}) c ON true
     WHERE k.practitioner_id = ${vetting.practitionerId} AND k.jurisdiction = ${vetting.jurisdiction} AND ${isCurrent}
       AND (c.result IN ('confirmed', 'not_confirmed') AND ${isFresh}) IS NOT TRUE`.execute(trx);
  return rows[0]!.unchecked;
}

/**
 * What the decision will rest on: of each kind that policy asks of the profession there, the credential that lasts
 * longest, if its last check confirmed it. Others are shown and do not shorten what is approved.
 */
export async function insertEvidence(trx: Trx, vetting: LockedCase): Promise<void> {
  await sql`
    INSERT INTO vetting_evidence (case_id, practitioner_id, jurisdiction, credential_id, check_id)
    SELECT DISTINCT ON (k.kind) ${vetting.id}::uuid, k.practitioner_id, k.jurisdiction, k.id, c.id
      FROM credential k
      JOIN LATERAL (${lastLook}) c ON true
     WHERE k.practitioner_id = ${vetting.practitionerId} AND k.jurisdiction = ${vetting.jurisdiction} AND ${isCurrent}
       AND c.result = 'confirmed' AND ${isFresh}
       AND NOT EXISTS (SELECT FROM credential_check n WHERE n.credential_id = k.id AND n.result = 'not_confirmed' AND n.checked_at > c.checked_at)
       AND EXISTS (
         SELECT FROM practitioner p JOIN required_credential r ON r.profession = p.profession
          WHERE p.id = k.practitioner_id AND r.jurisdiction = k.jurisdiction AND r.kind = k.kind)
     ORDER BY k.kind, upper(k.valid) DESC, k.id
        ON CONFLICT (case_id, credential_id) DO NOTHING`.execute(trx);
}

export async function setChecksComplete(trx: Trx, caseId: string): Promise<void> {
  await trx.updateTable('vetting_case').set({ state: 'checks_complete' }).where('id', '=', caseId).execute();
}

export async function decideRow(trx: Trx, caseId: string, approve: boolean, reason: string): Promise<void> {
  await sql`SELECT decide_vetting(${caseId}, ${approve}, ${reason})`.execute(trx);
}
