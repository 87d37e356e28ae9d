import { readEvidence } from '#lib/server/domain/credentials/read-evidence.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import { savedFile } from '#lib/server/http/send-file.ts';
import type { RequestHandler } from './$types';

/** A file behind a credential. */
export const GET: RequestHandler = async (event) => {
  requireViewer(event);
  const { app, actor } = event.locals;
  return savedFile(await shown(() => readEvidence(app.db, actor, event.params.id)));
};
