import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { paperConsentForm, takenBackForm } from '#lib/server/domain/care/paper-consent.ts';
import { readDeskConsents } from '#lib/server/domain/care/paper-reads.ts';
import { takeBackPaperConsent } from '#lib/server/domain/care/take-back-paper-consent.ts';
import { takePaperConsent } from '#lib/server/domain/care/take-paper-consent.ts';
import { MOST_EVIDENCE_BYTES } from '#lib/server/domain/credentials/evidence.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireClinicMember, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

/** The answers around a file weigh little. */
const MOST_BYTES = MOST_EVIDENCE_BYTES + 64 * 1024;

export const load: PageServerLoad = async (event) => {
  requireClinicMember(event);
  const { app, actor } = event.locals;
  const consents = await shown(() => readDeskConsents(app.db, actor));
  const wanted = event.url.searchParams.get('for');
  return {
    ...consents,
    chosen: consents.awaited.find(({ prescriptionId }) => prescriptionId === wanted) ?? null,
  };
};

export const actions: Actions = {
  take: (event) =>
    formAction(
      event,
      paperConsentForm,
      async ({ prescriptionId, file, witnessName, signedOn, interpreter }) => {
        requireClinicMember(event);
        await takePaperConsent(event.locals.app.db, event.locals.actor, {
          prescriptionId,
          file,
          witnessName,
          signedOn,
          interpreter,
        });
        redirect(303, paths.paperConsents());
      },
      { mostBytes: MOST_BYTES },
    ),
  takeBack: (event) =>
    formAction(event, takenBackForm, async (input) => {
      requireClinicMember(event);
      await takeBackPaperConsent(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.paperConsents());
    }),
};
