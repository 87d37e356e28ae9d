import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { CONSENT_ITEMS } from '#lib/server/domain/care/consent-text.ts';
import { giveConsent } from '#lib/server/domain/care/give-consent.ts';
import { readConsentForm, readConsentPage } from '#lib/server/domain/care/my-care.ts';
import { consentForm } from '#lib/server/domain/care/patient-input.ts';
import { withdrawConsent } from '#lib/server/domain/care/withdraw-consent.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePatient, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePatient(event);
  const { app, actor } = event.locals;
  return {
    ...(await shown(() => readConsentPage(app.db, actor, event.params.id))),
    earlierItems: CONSENT_ITEMS,
  };
};

export const actions: Actions = {
  give: async (event) => {
    requirePatient(event);
    const { app, actor } = event.locals;
    const prescriptionId = event.params.id;
    const form = await shown(() => readConsentForm(app.db, actor, prescriptionId));
    return formAction(event, consentForm(form), async (said) => {
      await giveConsent(app.db, actor, { prescriptionId, ...said });
      redirect(303, paths.myCare());
    });
  },
  withdraw: (event) =>
    formAction(event, z.object({}), async () => {
      requirePatient(event);
      await withdrawConsent(event.locals.app.db, event.locals.actor, { prescriptionId: event.params.id });
      redirect(303, paths.myCare());
    }),
};
