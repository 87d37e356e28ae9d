import { readPaperConsent } from '#lib/server/domain/care/paper-reads.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import { savedFile } from '#lib/server/http/send-file.ts';
import type { RequestHandler } from './$types';

/** The scan of a consent that was signed on paper, by its prescription. */
export const GET: RequestHandler = async (event) => {
  requireViewer(event);
  const { app, actor } = event.locals;
  return savedFile(await shown(() => readPaperConsent(app.db, actor, event.params.id)));
};
