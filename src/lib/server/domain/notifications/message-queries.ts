import { sql } from 'kysely';
import type { Queryable, Trx } from '#lib/server/platform/db.ts';
import type { OptionalKind } from '../shared/letter-kinds.ts';
import type { MessageChoices } from './message-input.ts';

/** How somebody wants their letters, and the clock of where they were seen last or work. */
export async function findChoices(db: Queryable, accountId: string) {
  const { rows } = await sql<{
    email: string;
    declined: string[];
    textOnly: boolean;
    noVoicemail: boolean;
    daySheet: boolean;
    quietFrom: number | null;
    quietUntil: number | null;
    timeZone: string | null;
    isPatient: boolean;
    isPractitioner: boolean;
  }>`
    SELECT x.email, coalesce((SELECT array_agg(d.kind) FROM mail_declined d WHERE d.to_address = x.email), '{}') AS declined,
           coalesce(m.text_only, false) AS "textOnly", coalesce(m.no_voicemail, false) AS "noVoicemail", coalesce(m.day_sheet, false) AS "daySheet",
           m.quiet_from AS "quietFrom", m.quiet_until AS "quietUntil",
           coalesce(m.time_zone,
             (SELECT a.time_zone FROM appointment a WHERE a.patient_id = p.id ORDER BY a.id DESC LIMIT 1),
             (SELECT l.time_zone FROM practice w JOIN location l ON l.id = w.location_id WHERE w.practitioner_id = r.id ORDER BY l.id LIMIT 1)) AS "timeZone",
           p.id IS NOT NULL AS "isPatient", r.id IS NOT NULL AS "isPractitioner"
      FROM account x LEFT JOIN message_preference m ON m.account_id = x.id
      LEFT JOIN patient p ON p.account_id = x.id LEFT JOIN practitioner r ON r.account_id = x.id
     WHERE x.id = ${accountId}`.execute(db);
  return rows[0];
}

export async function savePreference(
  trx: Trx,
  accountId: string,
  { textOnly, noVoicemail, quietFrom, quietUntil, timeZone, wanted }: MessageChoices,
): Promise<void> {
  const row = {
    text_only: textOnly,
    no_voicemail: noVoicemail,
    day_sheet: wanted.includes('day_sheet'),
    quiet_from: quietFrom,
    quiet_until: quietUntil,
    time_zone: timeZone,
  };
  await trx
    .insertInto('message_preference')
    .values({ account_id: accountId, ...row })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet(row))
    .execute();
}

export async function wantKinds(trx: Trx, accountId: string, kinds: readonly OptionalKind[]): Promise<void> {
  await sql`DELETE FROM mail_declined WHERE to_address = (SELECT email FROM account WHERE id = ${accountId}) AND kind = ANY (${kinds})`.execute(
    trx,
  );
}

export async function declineKinds(
  trx: Trx,
  accountId: string,
  kinds: readonly OptionalKind[],
): Promise<void> {
  await sql`
    INSERT INTO mail_declined (to_address, kind) SELECT x.email, k FROM account x, unnest(${kinds}::text[]) k WHERE x.id = ${accountId}
    ON CONFLICT DO NOTHING`.execute(trx);
}

/** The kind of the letter with this secret, and whether it is stopped; undefined when there is no such letter. */
export async function findBySecret(db: Queryable, hash: Buffer) {
  const { rows } = await sql<{ kind: string; isStopped: boolean }>`
    SELECT kind, is_stopped AS "isStopped" FROM letters_of_secret(${hash})`.execute(db);
  return rows[0];
}

export async function setLettersBySecret(
  db: Queryable,
  hash: Buffer,
  isStopped: boolean,
): Promise<string | undefined> {
  const { rows } = await sql<{
    kind: string;
  }>`SELECT kind FROM set_letters_by_secret(${hash}, ${isStopped})`.execute(db);
  return rows[0]?.kind;
}

/** Queues letters whose readers' quiet hours are over. Answers how many. */
export async function releaseWaiting(trx: Trx): Promise<number> {
  const { rows } = await sql`
    WITH due AS (
      UPDATE mail_message SET waits_until = NULL WHERE waits_until <= app_now() AND sent_at IS NULL AND stopped_at IS NULL RETURNING id)
    SELECT enqueue('send_mail', json_build_object('mailId', id), 'mail:' || id) FROM due`.execute(trx);
  return rows.length;
}

/** Practitioners who asked for it and see somebody today, where it is morning. */
export async function findMornings(db: Queryable, hours: { from: number; until: number }) {
  const { rows } = await sql<{ practitionerId: string; name: string; email: string; day: string }>`
    SELECT DISTINCT r.id AS "practitionerId", x.display_name AS name, x.email, (t.local)::date AS day
      FROM message_preference m JOIN account x ON x.id = m.account_id JOIN practitioner r ON r.account_id = x.id
      JOIN appointment a ON a.practitioner_id = r.id AND a.state = 'confirmed',
           LATERAL (SELECT app_now() AT TIME ZONE a.time_zone AS local) t
     WHERE m.day_sheet AND x.suspended_at IS NULL
       AND extract(hour FROM t.local) >= ${hours.from} AND extract(hour FROM t.local) < ${hours.until}
       AND lower(a.during) >= (t.local::date)::timestamp AT TIME ZONE a.time_zone
       AND lower(a.during) < (t.local::date + 1)::timestamp AT TIME ZONE a.time_zone
     ORDER BY 1, 4`.execute(db);
  return rows;
}
