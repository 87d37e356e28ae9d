import { issueClaimCode } from '#lib/server/domain/reception/issue-claim-code.ts';
import { codeForm } from '#lib/server/domain/reception/input.ts';
import { readVisit } from '#lib/server/domain/reception/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireClinicMember, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireClinicMember(event);
  const { app, actor } = event.locals;
  return {
    visit: await shown(() => readVisit(app.db, actor, event.params.id)),
    address: app.config.publicUrl.host,
  };
};

export const actions: Actions = {
  // Answered into the page and not kept: whoever opens it later sees no code.
  code: (event) =>
    formAction(event, codeForm, async () => {
      requireClinicMember(event);
      const { app, actor } = event.locals;
      return { claim: await issueClaimCode(app.db, actor, { appointmentId: event.params.id }) };
    }),
};
