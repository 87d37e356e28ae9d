import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { stayKnown } from '#lib/server/domain/privacy/ask-to-be-forgotten.ts';
import { readPrivacy } from '#lib/server/domain/privacy/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer } from '#lib/server/http/guards.ts';
import { requireProof } from '#lib/server/http/proof.ts';
import type { Actions, PageServerLoad } from './$types';

const DONE: ReadonlyMap<string, string> = new Map([
  ['asked', 'You have asked us to forget you. We have written to you.'],
  ['stays', 'You have taken it back. Everything stays as it is.'],
]);

export const load: PageServerLoad = async (event) => {
  const viewer = requireViewer(event);
  return {
    privacy: await readPrivacy(event.locals.app.db, viewer),
    done: DONE.get(event.url.searchParams.get('done') ?? ''),
  };
};

export const actions: Actions = {
  copy: (event) =>
    formAction(event, z.object({}), async (_, typed) => {
      await requireProof(event, requireViewer(event), 'account', typed);
      redirect(303, paths.privacyCopy());
    }),
  stay: (event) =>
    formAction(event, z.object({}), async () => {
      const { config, db } = event.locals.app;
      await stayKnown(db, requireViewer(event), config.publicUrl);
      redirect(303, paths.privacy({ done: 'stays' }));
    }),
};
