import { z } from 'zod';
import { atMost } from '../shared/words.ts';

/** What somebody is at a clinic's desk, in the words of pages and letters. */
export const TEAM_ROLES = {
  reception: {
    name: 'Reception',
    sees: 'Reception moves and books visits, and sees who comes and how to reach them. It reads no record.',
  },
  manager: {
    name: 'Manager',
    sees: 'A manager does what reception does, says who works at the desk, keeps the rooms and answers complaints. A manager reads no record.',
  },
} as const;
export type TeamRole = keyof typeof TEAM_ROLES;

const ROLES = Object.keys(TEAM_ROLES) as [TeamRole, ...TeamRole[]];

/** Whether a role is one of those that are proved before they are given or taken. */
export function isWeighty(role: TeamRole): boolean {
  return role === 'manager';
}

export const inviteMemberForm = z.object({
  clinicId: z.uuid('Choose the clinic'),
  role: z.enum(ROLES, { error: 'Choose what they are to do' }),
  email: z
    .string({ error: 'Enter their e-mail address' })
    .trim()
    .toLowerCase()
    .check(atMost(254, 'That address is too long'))
    .pipe(z.email('Enter an e-mail address like name@example.org')),
});
export const takeBackForm = z.object({ invitationId: z.uuid() });
export const acceptInvitationForm = z.object({ code: z.string().check(atMost(100)).default('') });
export const endMemberForm = z.object({ clinicId: z.uuid(), accountId: z.uuid(), role: z.enum(ROLES) });
export type Membership = z.output<typeof endMemberForm>;
