import { fail, redirect, type RequestEvent } from '@sveltejs/kit';
import type { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { addAddendum } from '#lib/server/domain/care/add-addendum.ts';
import { addendumForm, consultationForm } from '#lib/server/domain/care/input.ts';
import { signConsultation } from '#lib/server/domain/care/sign-consultation.ts';
import { asLastTime } from '#lib/server/domain/care/last-time.ts';
import { readConsultation, readLastDraft } from '#lib/server/domain/care/visit-reads.ts';
import { writeConsultation } from '#lib/server/domain/care/write-consultation.ts';
import { isRefusal } from '#lib/server/domain/shared/refusal.ts';
import type { ConsultationDraft } from '#lib/server/domain/care/consultation.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import { requireProof } from '#lib/server/http/proof.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return { record: await shown(() => readConsultation(app.db, actor, event.params.id)) };
};

export const actions: Actions = {
  save: (event) =>
    formAction(event, consultationForm, async ({ revision, ...input }) => {
      requirePractitioner(event);
      const { app, actor } = event.locals;
      const draft = await withLastTime(event, input);
      return orConflict(draft, async () => {
        await writeConsultation(app.db, actor, { appointmentId: event.params.id, draft, revision });
        redirect(303, `${paths.deskConsultation(event.params.id)}?saved`);
      });
    }),
  /** The same without leaving the page: for the script that saves while somebody writes. */
  autosave: (event) =>
    formAction(event, consultationForm, async ({ draft, revision }) => {
      requirePractitioner(event);
      const { app, actor } = event.locals;
      return {
        revision: await writeConsultation(app.db, actor, {
          appointmentId: event.params.id,
          draft,
          revision,
        }),
      };
    }),
  health: (event) =>
    formAction(event, consultationForm, async ({ revision, ...input }) => {
      requirePractitioner(event);
      const { app, actor } = event.locals;
      const draft = await withLastTime(event, input);
      return orConflict(draft, async () => {
        await writeConsultation(app.db, actor, { appointmentId: event.params.id, draft, revision });
        redirect(303, paths.deskHealth(event.params.id));
      });
    }),
  sign: (event) =>
    formAction(event, consultationForm, async ({ revision, ...input }, typed) => {
      const viewer = requirePractitioner(event);
      const { app, actor } = event.locals;
      const draft = await withLastTime(event, input);
      return orConflict(draft, async () => {
        // Kept before anything is asked: a proof that is missing or wrong loses nothing.
        const kept = await writeConsultation(app.db, actor, {
          appointmentId: event.params.id,
          draft,
          revision,
        });
        await requireProof(event, viewer, 'clinical', typed);
        await signConsultation(app.db, actor, { appointmentId: event.params.id, draft, revision: kept });
        redirect(
          303,
          draft.outcome === 'suitable'
            ? paths.deskPrescription(event.params.id)
            : paths.deskConsultation(event.params.id),
        );
      });
    }),
  add: (event) =>
    formAction(event, addendumForm, async (input) => {
      requirePractitioner(event);
      const { app, actor } = event.locals;
      await addAddendum(app.db, actor, { appointmentId: event.params.id, ...input });
      redirect(303, paths.deskConsultation(event.params.id));
    }),
};

/** The lines that were confirmed to be as last time stand in the draft as they stood then. */
async function withLastTime(
  { locals, params }: RequestEvent,
  { draft, same }: Pick<z.output<typeof consultationForm>, 'draft' | 'same'>,
): Promise<ConsultationDraft> {
  if (same.length === 0) return draft;
  return asLastTime(draft, await readLastDraft(locals.app.db, locals.actor, params.id!), same);
}

/** What was typed comes back beside what another window saved meanwhile: neither is lost, and nothing is written over. */
async function orConflict(draft: ConsultationDraft, save: () => Promise<never>) {
  try {
    return await save();
  } catch (error) {
    if (!isRefusal(error, 'draft_changed')) throw error;
    const { code, message, status } = error;
    return fail(status, { code, message, errors: {}, values: {}, details: {}, typed: draft });
  }
}
