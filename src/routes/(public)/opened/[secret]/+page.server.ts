import { readOpened } from '#lib/server/domain/records/read-opened.ts';
import { shown } from '#lib/server/http/guards.ts';
import { keepPrivate } from '#lib/server/http/send-paper.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  keepPrivate(event);
  const { app, actor } = event.locals;
  return {
    opened: await shown(async () => {
      await app.limits.take('sharedByAddress', event.getClientAddress());
      return readOpened(app.db, actor, event.params.secret);
    }),
  };
};
