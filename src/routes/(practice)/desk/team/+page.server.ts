import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { inviteMember, takeBackInvitation } from '#lib/server/domain/reception/invite-member.ts';
import { readTeams } from '#lib/server/domain/reception/team-reads.ts';
import { inviteMemberForm, isWeighty, takeBackForm, TEAM_ROLES } from '#lib/server/domain/reception/team.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractice, shown } from '#lib/server/http/guards.ts';
import { requireProof } from '#lib/server/http/proof.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractice(event);
  const { app, actor } = event.locals;
  return {
    clinics: await shown(() => readTeams(app.db, actor)),
    roles: Object.entries(TEAM_ROLES).map(([value, { name, sees }]) => ({ value, label: name, hint: sees })),
  };
};

export const actions: Actions = {
  invite: (event) =>
    formAction(event, inviteMemberForm, async (input, typed) => {
      const viewer = requirePractice(event);
      const { app, actor } = event.locals;
      if (isWeighty(input.role)) await requireProof(event, viewer, 'account', typed);
      await app.limits.take('teamByAccount', viewer.accountId);
      const linkOf = (code: string) => new URL(paths.teamAccept(code), app.config.publicUrl).href;
      await inviteMember(app.db, actor, linkOf, input);
      redirect(303, paths.deskTeam());
    }),
  takeBack: (event) =>
    formAction(event, takeBackForm, async (input) => {
      requirePractice(event);
      await takeBackInvitation(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.deskTeam());
    }),
};
