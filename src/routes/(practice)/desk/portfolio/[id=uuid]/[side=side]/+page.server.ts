import { redirect } from '@sveltejs/kit';
import { framingOf } from '#lib/format/crop.ts';
import { paths } from '#lib/paths.ts';
import { cropForm, pictureForm } from '#lib/server/domain/portfolio/input.ts';
import { readDeskPicture } from '#lib/server/domain/portfolio/reads.ts';
import { cropPicture, MOST_PICTURE_BYTES, takePicture } from '#lib/server/domain/portfolio/take-picture.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

/** The form around a file weighs little. */
const MOST_BYTES = MOST_PICTURE_BYTES + 64 * 1024;

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor, params } = { ...event.locals, params: event.params };
  const about = await shown(() => readDeskPicture(app.db, actor, params.id, params.side));
  return {
    about,
    framing: about.picture && framingOf(about.picture.whole, about.picture.crop),
  };
};

export const actions: Actions = {
  add: (event) =>
    formAction(
      event,
      pictureForm,
      async ({ file }) => {
        requirePractitioner(event);
        const { id: caseId, side } = event.params;
        const bytes = Buffer.from(await file.arrayBuffer());
        await takePicture(event.locals.app.db, event.locals.actor, { caseId, side }, bytes);
        redirect(303, paths.deskPortfolioPicture(caseId, side));
      },
      { mostBytes: MOST_BYTES },
    ),
  frame: (event) =>
    formAction(event, cropForm, async (framing) => {
      requirePractitioner(event);
      const { id: caseId, side } = event.params;
      await cropPicture(event.locals.app.db, event.locals.actor, { caseId, side }, framing);
      redirect(303, paths.deskPortfolioCase(caseId));
    }),
};
