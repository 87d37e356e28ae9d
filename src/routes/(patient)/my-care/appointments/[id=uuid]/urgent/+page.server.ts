import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import { readUrgentPage } from '#lib/server/domain/care/my-care.ts';
import { urgentForm } from '#lib/server/domain/care/patient-input.ts';
import { MOST_PHOTO_BYTES, reportUrgent } from '#lib/server/domain/care/report-urgent.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePatient, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePatient(event);
  const { app, actor } = event.locals;
  return {
    urgent: await shown(() => readUrgentPage(app.db, actor, event.params.id)),
    requestKey: randomUUID(),
    photoUnreadable: event.url.searchParams.get('photo') === 'unreadable',
  };
};

/** The answers around a photo weigh little. */
const MOST_BYTES = MOST_PHOTO_BYTES + 64 * 1024;

export const actions: Actions = {
  default: (event) =>
    formAction(
      event,
      urgentForm,
      async (input) => {
        requirePatient(event);
        const { app, actor } = event.locals;
        const links = { desk: new URL(paths.desk(), app.config.publicUrl).href };
        const { photo } = await reportUrgent(app.db, links, actor, {
          ...input,
          treatmentId: event.params.id,
        });
        const query = photo === 'unreadable' ? '?photo=unreadable' : '';
        redirect(303, `${paths.myUrgent(event.params.id)}${query}#sent`);
      },
      { mostBytes: MOST_BYTES },
    ),
};
