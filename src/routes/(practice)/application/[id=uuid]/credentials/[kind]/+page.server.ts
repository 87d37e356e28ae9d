import { redirect } from '@sveltejs/kit';
import { readAsked } from '#lib/server/domain/credentials/application-reads.ts';
import { claimCredential } from '#lib/server/domain/credentials/claim-credential.ts';
import { claimForm } from '#lib/server/domain/credentials/claim.ts';
import { MOST_EVIDENCE_BYTES } from '#lib/server/domain/credentials/evidence.ts';
import { formAction } from '#lib/server/http/form.ts';
import { notFound, requirePractitioner, shown } from '#lib/server/http/guards.ts';
import { onward } from '../../onward.ts';
import type { Actions, PageServerLoad } from './$types';

/** The answers around a file weigh little. */
const MOST_BYTES = MOST_EVIDENCE_BYTES + 64 * 1024;

export const load: PageServerLoad = async ({ parent, params }) => {
  const { application } = await parent();
  return { credential: application.credentials.find(({ kind }) => kind === params.kind) ?? notFound() };
};

export const actions: Actions = {
  default: async (event) => {
    requirePractitioner(event);
    const { locals, params } = event;
    const { db } = locals.app;
    const { kind, register } = await shown(() => readAsked(db, locals.actor, params.id, params.kind));
    return formAction(
      event,
      claimForm(kind, register),
      async (said) => {
        await claimCredential(db, locals.actor, { applicationId: params.id, kind }, said);
        redirect(303, await onward(event, params.id, { name: 'credential', kind }));
      },
      { mostBytes: MOST_BYTES },
    );
  },
};
