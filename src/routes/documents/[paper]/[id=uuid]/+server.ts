import { isPaper, openPaper } from '#lib/server/domain/records/open-paper.ts';
import { notFound, requireViewer, shown } from '#lib/server/http/guards.ts';
import { paperLinks, paperResponse } from '#lib/server/http/send-paper.ts';
import type { RequestHandler } from './$types';

/** One printed paper of a record, for the patient and the practitioners whom it names. */
export const GET: RequestHandler = async (event) => {
  requireViewer(event);
  const { app, actor } = event.locals;
  const { paper, id } = event.params;
  if (!isPaper(paper)) notFound();
  return paperResponse(await shown(() => openPaper(app.db, actor, { paper, id, links: paperLinks(event) })));
};
