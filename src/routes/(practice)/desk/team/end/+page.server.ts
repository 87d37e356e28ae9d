import { redirect, type RequestEvent } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { endMember } from '#lib/server/domain/reception/end-member.ts';
import { readMembership } from '#lib/server/domain/reception/team-reads.ts';
import { endMemberForm, isWeighty } from '#lib/server/domain/reception/team.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractice, shown } from '#lib/server/http/guards.ts';
import { requireProof } from '#lib/server/http/proof.ts';
import type { Actions, PageServerLoad } from './$types';

/** Whom the address names; without it there is nobody to end here. */
function membershipIn(event: RequestEvent) {
  const { searchParams } = event.url;
  const { success, data } = endMemberForm.safeParse({
    clinicId: searchParams.get('clinic'),
    accountId: searchParams.get('account'),
    role: searchParams.get('role'),
  });
  return success ? data : redirect(303, paths.deskTeam());
}

export const load: PageServerLoad = async (event) => {
  requirePractice(event);
  const membership = membershipIn(event);
  const { app, actor } = event.locals;
  return {
    membership,
    member: await shown(() => readMembership(app.db, actor, membership)),
    isProved: isWeighty(membership.role),
  };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, endMemberForm, async (input, typed) => {
      const viewer = requirePractice(event);
      if (isWeighty(input.role)) await requireProof(event, viewer, 'account', typed);
      await endMember(event.locals.app.db, event.locals.actor, input);
      // Who has left the only desk they worked at has no team to see.
      const isOut =
        input.accountId === viewer.accountId &&
        viewer.practitionerId === null &&
        viewer.receptionClinicIds.every((clinicId) => clinicId === input.clinicId);
      redirect(303, isOut ? paths.sessions() : paths.deskTeam());
    }),
};
