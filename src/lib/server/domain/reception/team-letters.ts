import type { Letter } from '../shared/letter.ts';
import { TEAM_ROLES, type TeamRole } from './team.ts';

const DESK: Readonly<Record<TeamRole, string>> = { reception: 'at reception', manager: 'as manager' };

/** What asks somebody to work at a desk: which clinic, which role, and what that role sees. */
export function memberInvitedLetter(clinicName: string, role: TeamRole, link: string): Letter {
  return {
    subject: `${clinicName} asks you to work at its desk`,
    opening: [`${clinicName} asks you to work ${DESK[role]} with Steadyhand. ${TEAM_ROLES[role].sees}`],
    action: { text: 'Read it and answer', href: link },
    after: [
      'You need an account with this e-mail address, and a second step to sign in. The link works for 7 days. If you would rather not, or don’t know who this is, do nothing.',
    ],
  };
}

/** What tells a member that the desk is theirs no more. */
export function memberEndedLetter(clinicName: string, role: TeamRole): Letter {
  return {
    subject: `You no longer work at the desk of ${clinicName}`,
    opening: [
      `${clinicName} has ended your work there ${DESK[role]}. Its desk is closed to you from now on. Your account stays as it is.`,
    ],
    after: ['If you think this is a mistake, speak to the clinic.'],
  };
}
