import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { confirmConsent } from '#lib/server/domain/care/confirm-consent.ts';
import { planVialForm, startForm, treatmentForm, vialForm } from '#lib/server/domain/care/input.ts';
import { planVial } from '#lib/server/domain/care/plan-vial.ts';
import { receiveVial } from '#lib/server/domain/care/receive-vial.ts';
import { recordTreatment, signTreatment } from '#lib/server/domain/care/record-treatment.ts';
import { takeHealthConfirmation } from '#lib/server/domain/care/take-health-confirmation.ts';
import { startTreatment } from '#lib/server/domain/care/start-treatment.ts';
import { DEVIATION_WORDS } from '#lib/server/domain/care/treatment.ts';
import { readTreatmentPage } from '#lib/server/domain/care/visit-reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import { requireProof } from '#lib/server/http/proof.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return {
    deviationWords: DEVIATION_WORDS,
    treatment: await shown(() => readTreatmentPage(app.db, actor, event.params.id)),
  };
};

/** Runs one command on this treatment, and comes back to its page: to what is to be done next, where it is being prepared. */
function onTreatment<Schema extends z.ZodType>(
  event: RequestEvent,
  schema: Schema,
  command: (
    db: RequestEvent['locals']['app']['db'],
    actor: RequestEvent['locals']['actor'],
    input: { appointmentId: string } & z.output<Schema>,
  ) => Promise<unknown>,
  then: { proof?: 'clinical'; next?: 'answers' | 'consent' | 'start' } = {},
) {
  return formAction(event, schema, async (input, typed) => {
    const viewer = requirePractitioner(event);
    const { app, actor } = event.locals;
    if (then.proof !== undefined) await requireProof(event, viewer, then.proof, typed);
    await command(app.db, actor, Object.assign({ appointmentId: event.params.id }, input));
    redirect(303, paths.deskTreatment(event.params.id, then.next));
  });
}

const nothing = z.object({});

export const actions: Actions = {
  receiveVial: (event) => onTreatment(event, vialForm, receiveVial, { next: 'answers' }),
  planVial: (event) => onTreatment(event, planVialForm, planVial, { next: 'answers' }),
  confirmHealth: (event) => onTreatment(event, nothing, takeHealthConfirmation, { next: 'consent' }),
  confirmConsent: (event) => onTreatment(event, nothing, confirmConsent, { next: 'start' }),
  start: (event) => onTreatment(event, startForm, startTreatment, { proof: 'clinical' }),
  save: (event) => onTreatment(event, treatmentForm, recordTreatment),
  sign: (event) =>
    formAction(event, treatmentForm, async (input, typed) => {
      const viewer = requirePractitioner(event);
      const { app, actor } = event.locals;
      const treatment = { appointmentId: event.params.id, ...input };
      // Kept before anything is asked: a proof that is missing or wrong loses nothing.
      await recordTreatment(app.db, actor, treatment);
      await requireProof(event, viewer, 'clinical', typed);
      await signTreatment(app.db, actor, treatment);
      redirect(303, paths.deskTreatment(event.params.id));
    }),
};
