import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { completeChecks } from '#lib/server/domain/oversight/complete-checks.ts';
import { decideCase } from '#lib/server/domain/oversight/decide.ts';
import { checkInput, decisionInput, newCaseInput } from '#lib/server/domain/oversight/input.ts';
import { openCase } from '#lib/server/domain/oversight/open-case.ts';
import { readCase } from '#lib/server/domain/oversight/reads.ts';
import { recordCheck } from '#lib/server/domain/oversight/record-check.ts';
import { choices, CHECK_METHODS, CHECK_RESULTS } from '#lib/server/domain/oversight/vetting.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireStaff, shown } from '#lib/server/http/guards.ts';
import { z } from 'zod';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'reviewer');
  const { app, actor } = event.locals;
  return {
    vetting: await shown(() => readCase(app.db, actor, event.params.id)),
    methods: choices(CHECK_METHODS),
    results: choices(CHECK_RESULTS),
    chosenCredential: event.url.searchParams.get('credential'),
  };
};

export const actions: Actions = {
  check: (event) => {
    requireStaff(event, 'reviewer');
    const { locals, params } = event;
    return formAction(event, checkInput, async (check) => {
      await recordCheck(locals.app.db, locals.actor, { caseId: params.id, ...check });
      redirect(303, `${paths.vettingCase(params.id)}#credential-${check.credentialId}`);
    });
  },
  complete: (event) => {
    requireStaff(event, 'reviewer');
    const { locals, params } = event;
    return formAction(event, z.object({}), async () => {
      await completeChecks(locals.app.db, locals.actor, { caseId: params.id });
      redirect(303, paths.vettingCase(params.id));
    });
  },
  decide: (event) => {
    requireStaff(event, 'reviewer');
    const { locals, params } = event;
    return formAction(event, decisionInput, async ({ decision, reason }) => {
      const approve = decision === 'approve';
      await decideCase(locals.app.db, locals.actor, { caseId: params.id, approve, reason });
      redirect(303, paths.vettingCase(params.id));
    });
  },
  open: (event) => {
    requireStaff(event, 'reviewer');
    const { locals } = event;
    return formAction(event, newCaseInput, async (input) => {
      const { caseId } = await openCase(locals.app.db, locals.actor, input);
      redirect(303, paths.vettingCase(caseId));
    });
  },
};
