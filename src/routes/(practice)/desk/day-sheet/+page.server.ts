import { readDaySheet } from '#lib/server/domain/reception/day-sheet.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  const { app, actor } = event.locals;
  return { sheet: await shown(() => readDaySheet(app.db, actor, event.url.searchParams.get('day'))) };
};
