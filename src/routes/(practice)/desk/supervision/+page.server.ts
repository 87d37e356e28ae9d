import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { acceptSupervision, declineSupervision } from '#lib/server/domain/oversight/answer-supervision.ts';
import { askForSupervision, inviteInjector } from '#lib/server/domain/oversight/ask-for-supervision.ts';
import { endSupervision } from '#lib/server/domain/oversight/end-supervision.ts';
import {
  acceptSupervisionForm,
  askForSupervisionForm,
  inviteInjectorForm,
  supervisionForm,
} from '#lib/server/domain/oversight/input.ts';
import { readTogether } from '#lib/server/domain/oversight/supervision-reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  const { searchParams } = event.url;
  const name = (searchParams.get('name') ?? '').trim().slice(0, 80);
  const asked = { name, jurisdiction: searchParams.get('in') };
  return { name, ...(await shown(() => readTogether(app.db, actor, asked))) };
};

export const actions: Actions = {
  ask: (event) => {
    requirePractitioner(event);
    const { app, actor } = event.locals;
    return formAction(event, askForSupervisionForm, async (input) => {
      await app.limits.take('mailByAccount', `supervision:${event.locals.viewer!.accountId}`);
      await askForSupervision(app.db, actor, linkIn(app.config.publicUrl), input);
      redirect(303, paths.deskSupervision({ in: input.jurisdiction }));
    });
  },
  invite: (event) => {
    requirePractitioner(event);
    const { app, actor } = event.locals;
    return formAction(event, inviteInjectorForm, async (input) => {
      await app.limits.take('mailByAccount', `supervision:${event.locals.viewer!.accountId}`);
      await inviteInjector(app.db, actor, linkIn(app.config.publicUrl), input);
      return { invited: input.email };
    });
  },
  accept: (event) => {
    requirePractitioner(event);
    const { app, actor } = event.locals;
    return formAction(event, acceptSupervisionForm, async (input) => {
      await acceptSupervision(app.db, actor, input);
      redirect(303, paths.deskSupervision());
    });
  },
  decline: (event) => {
    requirePractitioner(event);
    const { app, actor } = event.locals;
    return formAction(event, supervisionForm, async (input) => {
      await declineSupervision(app.db, actor, input);
      redirect(303, paths.deskSupervision());
    });
  },
  end: (event) => {
    requirePractitioner(event);
    const { app, actor } = event.locals;
    return formAction(event, supervisionForm, async (input) => {
      await endSupervision(app.db, actor, input);
      redirect(303, paths.deskSupervision());
    });
  },
};

function linkIn(publicUrl: URL): string {
  return new URL(paths.deskSupervision(), publicUrl).href;
}
