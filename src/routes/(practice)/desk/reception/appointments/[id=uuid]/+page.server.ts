import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { readJointTime } from '#lib/server/domain/care/joint-time.ts';
import { keepJointTime } from '#lib/server/domain/care/keep-joint-time.ts';
import { letJointTimeGo } from '#lib/server/domain/care/let-joint-time-go.ts';
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
    joint: await shown(() => readJointTime(app.db, actor, event.params.id)),
    address: app.config.publicUrl.host,
  };
};

const nothing = z.object({});

export const actions: Actions = {
  // Answered into the page and not kept: whoever opens it later sees no code.
  code: (event) =>
    formAction(event, codeForm, async () => {
      requireClinicMember(event);
      const { app, actor } = event.locals;
      return { claim: await issueClaimCode(app.db, actor, { appointmentId: event.params.id }) };
    }),
  keep: (event) =>
    formAction(event, nothing, async () => {
      requireClinicMember(event);
      const { app, actor } = event.locals;
      await keepJointTime(app.db, actor, { appointmentId: event.params.id });
      redirect(303, paths.receptionVisit(event.params.id));
    }),
  letGo: (event) =>
    formAction(event, nothing, async () => {
      requireClinicMember(event);
      const { app, actor } = event.locals;
      await letJointTimeGo(app.db, actor, { appointmentId: event.params.id });
      redirect(303, paths.receptionVisit(event.params.id));
    }),
};
