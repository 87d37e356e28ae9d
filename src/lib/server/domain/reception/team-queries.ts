import { sql } from 'kysely';
import type { Trx } from '#lib/server/platform/db.ts';
import type { Membership, TeamRole } from './team.ts';

const now = sql<Temporal.Instant>`app_now()`;

/** The clinics at whose desk an account works, or where it practises; and whether it runs them. */
export async function findTeams(trx: Trx, accountId: string) {
  const { rows } = await sql<{
    id: string;
    name: string;
    timeZone: string;
    runs: boolean;
    hasManager: boolean;
  }>`
    SELECT c.id, c.name, coalesce((SELECT min(l.time_zone) FROM location l WHERE l.clinic_id = c.id), 'UTC') AS "timeZone",
           leads_clinic(${accountId}, c.id) AS runs,
           EXISTS (SELECT FROM clinic_member m WHERE m.clinic_id = c.id AND m.role = 'manager' AND m.valid @> app_now()) AS "hasManager"
      FROM clinic c
     WHERE c.id IN (SELECT m.clinic_id FROM clinic_member m WHERE m.account_id = ${accountId} AND m.valid @> app_now()
                    UNION SELECT l.clinic_id FROM location l JOIN practice w ON w.location_id = l.id JOIN practitioner p ON p.id = w.practitioner_id
                           WHERE p.account_id = ${accountId})
     ORDER BY c.name, c.id`.execute(trx);
  return rows;
}

/** Who works at the desks of these clinics today. */
export async function findMembers(trx: Trx, clinicIds: readonly string[]) {
  const { rows } = await sql<{
    clinicId: string;
    accountId: string;
    name: string;
    role: TeamRole;
    since: Temporal.Instant | null;
  }>`
    SELECT m.clinic_id AS "clinicId", m.account_id AS "accountId", a.display_name AS name, m.role, lower(m.valid) AS since
      FROM clinic_member m JOIN account a ON a.id = m.account_id
     WHERE m.clinic_id = ANY (${clinicIds}::uuid[]) AND m.valid @> app_now()
     ORDER BY m.role, a.display_name, a.id`.execute(trx);
  return rows;
}

/** Who is asked to these clinics and has not answered; row security shows them to who runs the clinic. */
export async function findOpenInvitations(trx: Trx, clinicIds: readonly string[]) {
  const { rows } = await sql<{
    id: string;
    clinicId: string;
    email: string;
    role: TeamRole;
    expiresAt: Temporal.Instant;
  }>`
    SELECT i.id, i.clinic_id AS "clinicId", i.invited_email AS email, i.role, i.expires_at AS "expiresAt"
      FROM clinic_invitation i
     WHERE i.clinic_id = ANY (${clinicIds}::uuid[]) AND i.accepted_at IS NULL AND i.taken_back_at IS NULL AND i.expires_at > app_now()
     ORDER BY i.id`.execute(trx);
  return rows;
}

/** The name of a clinic that the account runs; of any other there is none. */
export async function findClinicRun(trx: Trx, accountId: string, clinicId: string) {
  const { rows } = await sql<{ name: string }>`
    SELECT c.name FROM clinic c WHERE c.id = ${clinicId} AND leads_clinic(${accountId}, c.id)`.execute(trx);
  return rows[0];
}

export function insertInvitation(
  trx: Trx,
  invitation: { clinicId: string; role: TeamRole; email: string; codeHash: string },
) {
  return trx
    .insertInto('clinic_invitation')
    .values({
      clinic_id: invitation.clinicId,
      role: invitation.role,
      invited_email: invitation.email,
      code_hash: invitation.codeHash,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
}

/** Takes an open invitation back; answers of which clinic it was. */
export async function takeBackRow(trx: Trx, accountId: string, invitationId: string) {
  const { rows } = await sql<{ clinicId: string; role: TeamRole }>`
    UPDATE clinic_invitation SET taken_back_at = app_now()
     WHERE id = ${invitationId} AND accepted_at IS NULL AND taken_back_at IS NULL AND leads_clinic(${accountId}, clinic_id)
    RETURNING clinic_id AS "clinicId", role`.execute(trx);
  return rows[0];
}

/** An open invitation to this account's own address. */
export async function findInvitationTo(trx: Trx, codeHash: string, accountId: string) {
  const { rows } = await sql<{
    id: string;
    clinicId: string;
    clinicName: string;
    role: TeamRole;
    fromName: string;
  }>`
    SELECT i.id, i.clinic_id AS "clinicId", c.name AS "clinicName", i.role, f.display_name AS "fromName"
      FROM clinic_invitation i JOIN clinic c ON c.id = i.clinic_id JOIN account f ON f.id = i.invited_by
      JOIN account a ON a.id = ${accountId} AND a.email = i.invited_email AND a.email_verified_at IS NOT NULL
     WHERE i.code_hash = ${codeHash} AND i.accepted_at IS NULL AND i.taken_back_at IS NULL AND i.expires_at > app_now()`.execute(
    trx,
  );
  return rows[0];
}

/** The database makes the member. */
export async function acceptRow(trx: Trx, invitationId: string, accountId: string): Promise<void> {
  await trx
    .updateTable('clinic_invitation')
    .set({ accepted_by: accountId })
    .where('id', '=', invitationId)
    .execute();
}

/** Somebody who works at a desk in this role, as far as the account may end it: its own, or where it runs the clinic. */
export async function findMembership(trx: Trx, actorId: string, { clinicId, accountId, role }: Membership) {
  const { rows } = await sql<{ name: string; email: string; clinicName: string }>`
    SELECT a.display_name AS name, a.email, c.name AS "clinicName"
      FROM clinic_member m JOIN account a ON a.id = m.account_id JOIN clinic c ON c.id = m.clinic_id
     WHERE m.clinic_id = ${clinicId} AND m.account_id = ${accountId} AND m.role = ${role} AND m.valid @> app_now()
       AND (m.account_id = ${actorId} OR leads_clinic(${actorId}, m.clinic_id))`.execute(trx);
  return rows[0];
}

/** Closes the membership at this moment, which is the database's to say. */
export async function endMemberRow(trx: Trx, { clinicId, accountId, role }: Membership): Promise<void> {
  await sql`
    UPDATE clinic_member SET valid = tstzrange(lower(valid), ${now})
     WHERE clinic_id = ${clinicId} AND account_id = ${accountId} AND role = ${role} AND valid @> app_now()`.execute(
    trx,
  );
}
