import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { decidePolicyChange } from '#lib/server/domain/oversight/decide-policy-change.ts';
import {
  policyChangeInput,
  policyDecisionInput,
  policyPageInput,
} from '#lib/server/domain/oversight/input.ts';
import { readPolicyPage } from '#lib/server/domain/oversight/policy-reads.ts';
import { proposePolicyChange } from '#lib/server/domain/oversight/propose-policy-change.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireStaff } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const viewer = requireStaff(event, 'operator', 'reviewer');
  const { app, actor } = event.locals;
  const asked = policyPageInput.parse(Object.fromEntries(event.url.searchParams));
  return {
    policy: await readPolicyPage(app.db, actor, asked),
    deciding: asked.change,
    isOperator: viewer.staffRoles.includes('operator'),
  };
};

export const actions: Actions = {
  propose: (event) => {
    requireStaff(event, 'operator', 'reviewer');
    const { app, actor } = event.locals;
    return formAction(event, policyChangeInput, async (change) => {
      await proposePolicyChange(app.db, actor, change);
      redirect(303, `${paths.staffPolicy()}#waiting`);
    });
  },
  decide: (event) => {
    requireStaff(event, 'operator', 'reviewer');
    const { app, actor } = event.locals;
    return formAction(event, policyDecisionInput, async ({ changeId, decision, reason }) => {
      await decidePolicyChange(app.db, actor, { changeId, accept: decision === 'accept', reason });
      redirect(303, `${paths.staffPolicy()}#decided`);
    });
  },
};
