import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { lookUpInput } from '#lib/server/domain/oversight/look-up-input.ts';
import { recordLookUp } from '#lib/server/domain/oversight/record-look-up.ts';
import { readDueChecks, readToLookUp } from '#lib/server/domain/oversight/register-check-reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireStaff, shown } from '#lib/server/http/guards.ts';
import { z } from 'zod';
import type { Actions, PageServerLoad } from './$types';

/** A page printed to PDF. */
const MOST_BYTES = 10 * 1024 * 1024;

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'reviewer');
  const { app, actor } = event.locals;
  const chosen = z.uuid().safeParse(event.url.searchParams.get('credential')).data ?? null;
  return {
    due: await shown(() => readDueChecks(app.db, actor)),
    chosen: await shown(() => readToLookUp(app.db, actor, chosen)),
  };
};

export const actions: Actions = {
  default: (event) => {
    requireStaff(event, 'reviewer');
    const { locals } = event;
    return formAction(
      event,
      lookUpInput,
      async (input) => {
        await recordLookUp(locals.app.db, locals.actor, input);
        redirect(303, paths.registerChecks());
      },
      { mostBytes: MOST_BYTES },
    );
  },
};
