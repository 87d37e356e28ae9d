import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { endShare, readMySharing, shareRecord } from '#lib/server/domain/records/sharing.ts';
import { endShareForm, SHARE_PARTS, shareForm } from '#lib/server/domain/records/sharing-input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePatient, shown } from '#lib/server/http/guards.ts';
import { keepPrivate } from '#lib/server/http/send-paper.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePatient(event);
  keepPrivate(event);
  const { app, actor } = event.locals;
  return { ...(await shown(() => readMySharing(app.db, actor))), parts: SHARE_PARTS };
};

export const actions: Actions = {
  /** The link is in the answer alone: it is shown once, and stands in no address and no log. */
  share: (event) =>
    formAction(event, shareForm, async (input) => {
      requirePatient(event);
      const { app, actor } = event.locals;
      const secret = await shareRecord(app.db, actor, input);
      return { link: new URL(paths.shared(secret), app.config.publicUrl).href, forWhom: input.forWhom };
    }),
  end: (event) =>
    formAction(event, endShareForm, async (input) => {
      requirePatient(event);
      await endShare(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.mySharing());
    }),
};
