import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { feedForm } from '#lib/server/domain/notifications/message-input.ts';
import { makeFeed, takeBackFeed } from '#lib/server/domain/notifications/make-feed.ts';
import { readFeeds } from '#lib/server/domain/notifications/feed-reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  const { app, actor } = event.locals;
  return { feeds: await shown(() => readFeeds(app.db, actor)) };
};

export const actions: Actions = {
  /** The address is in this answer and nowhere else. */
  make: (event) =>
    formAction(event, feedForm, async ({ whose }) => {
      requireViewer(event);
      const { app, actor } = event.locals;
      const { secret } = await makeFeed(app.db, actor, whose);
      const address = new URL(paths.calendarFeed(secret), app.config.publicUrl);
      return { made: whose, address: address.href, subscribe: address.href.replace(/^https?:/, 'webcal:') };
    }),
  takeBack: (event) =>
    formAction(event, feedForm, async ({ whose }) => {
      requireViewer(event);
      await takeBackFeed(event.locals.app.db, event.locals.actor, whose);
      redirect(303, paths.calendarFeeds());
    }),
};
