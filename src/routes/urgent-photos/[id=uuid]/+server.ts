import { readUrgentPhoto } from '#lib/server/domain/care/urgent-reads.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import { savedFile } from '#lib/server/http/send-file.ts';
import type { RequestHandler } from './$types';

/** The photo that went with an urgent message. */
export const GET: RequestHandler = async (event) => {
  requireViewer(event);
  const { app, actor } = event.locals;
  return savedFile(await shown(() => readUrgentPhoto(app.db, actor, event.params.id)));
};
