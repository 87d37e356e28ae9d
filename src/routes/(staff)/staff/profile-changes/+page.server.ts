import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import {
  profileChangesPageInput,
  profileDecisionInput,
  profileFindingInput,
} from '#lib/server/domain/oversight/input.ts';
import { readProfileChanges } from '#lib/server/domain/oversight/profile-change-reads.ts';
import { checkProfileChange, decideProfileChange } from '#lib/server/domain/oversight/profile-changes.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireStaff } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'reviewer');
  const { app, actor } = event.locals;
  const { change } = profileChangesPageInput.parse(Object.fromEntries(event.url.searchParams));
  return { changes: await readProfileChanges(app.db, actor), looking: change };
};

export const actions: Actions = {
  check: (event) => {
    requireStaff(event, 'reviewer');
    const { app, actor } = event.locals;
    return formAction(event, profileFindingInput, async (input) => {
      await checkProfileChange(app.db, actor, input);
      redirect(303, paths.profileChanges());
    });
  },
  decide: (event) => {
    requireStaff(event, 'reviewer');
    const { app, actor } = event.locals;
    return formAction(event, profileDecisionInput, async ({ changeId, decision, reason }) => {
      await decideProfileChange(app.db, actor, { changeId, accept: decision === 'accept', reason });
      redirect(303, `${paths.profileChanges()}#done`);
    });
  },
};
