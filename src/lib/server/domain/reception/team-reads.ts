import type { Db } from '#lib/server/platform/db.ts';
import { hashOfInvitation } from '../booking/carers.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { TEAM_ROLES, type Membership } from './team.ts';
import {
  findInvitationTo,
  findMembers,
  findMembership,
  findOpenInvitations,
  findTeams,
} from './team-queries.ts';

/** Who works at the clinics where the actor works or practises; where they run it, also who is asked. */
export async function readTeams(db: Db, actor: Actor) {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  return transact(db, actor, async (trx) => {
    const clinics = await findTeams(trx, accountId);
    const members = await findMembers(
      trx,
      clinics.map(({ id }) => id),
    );
    const invitations = await findOpenInvitations(
      trx,
      clinics.flatMap(({ id, runs }) => (runs ? [id] : [])),
    );
    return clinics.map(({ timeZone, ...clinic }) => ({
      ...clinic,
      members: members
        .filter(({ clinicId }) => clinicId === clinic.id)
        .map(({ accountId: id, name, role, since }) => ({
          accountId: id,
          name,
          role,
          roleName: TEAM_ROLES[role].name,
          since: since && formatDate(since, timeZone),
          isSelf: id === accountId,
        })),
      invitations: invitations
        .filter(({ clinicId }) => clinicId === clinic.id)
        .map(({ id, email, role, expiresAt }) => ({
          id,
          email,
          roleName: TEAM_ROLES[role].name,
          openUntil: formatDate(expiresAt, timeZone),
        })),
    }));
  });
}

/** Whom the actor is about to end, or that it is they who leave. */
export async function readMembership(db: Db, actor: Actor, membership: Membership) {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  const found = await transact(db, actor, (trx) => findMembership(trx, accountId, membership));
  if (found === undefined) throw new Refusal('not_found');
  return {
    name: found.name,
    clinicName: found.clinicName,
    roleName: TEAM_ROLES[membership.role].name,
    isSelf: membership.accountId === accountId,
  };
}

/** What is asked, for the account whose address was invited; undefined for everybody else, whatever the reason. */
export async function readTeamInvitation(db: Db, actor: Actor, code: string) {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  const found = await transact(db, actor, (trx) => findInvitationTo(trx, hashOfInvitation(code), accountId));
  return (
    found && {
      clinicName: found.clinicName,
      from: found.fromName,
      roleName: TEAM_ROLES[found.role].name,
      sees: TEAM_ROLES[found.role].sees,
    }
  );
}
