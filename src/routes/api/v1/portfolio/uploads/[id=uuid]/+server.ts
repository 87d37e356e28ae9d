import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import {
  addPiece,
  finishUpload,
  MOST_PIECE_BYTES,
  readUpload,
} from '#lib/server/domain/portfolio/upload-picture.ts';
import { readBytes } from '#lib/server/http/body.ts';
import { jsonEndpoint, queryInput } from '#lib/server/http/json.ts';
import { requirePractitioner } from '#lib/server/http/guards.ts';
import type { RequestHandler } from './$types';

const pieceQuery = z.object({ at: z.coerce.number().int().min(0) });

/** How much has arrived: whoever was cut off asks this, and goes on from there. */
export const GET: RequestHandler = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return jsonEndpoint(async () => ({ status: 200, body: await readUpload(app.db, actor, event.params.id) }));
};

/** The next piece, from byte `at` on. */
export const PATCH: RequestHandler = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return jsonEndpoint(async () => {
    const { at } = queryInput(event, pieceQuery);
    const bytes = await readBytes(event.request, MOST_PIECE_BYTES);
    const piece = { uploadId: event.params.id, startsAt: at, bytes };
    return { status: 200, body: await addPiece(app.db, actor, piece) };
  });
};

/** Everything has been sent: the picture is checked and drawn anew. */
export const POST: RequestHandler = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  return jsonEndpoint(async () => {
    const { caseId } = await finishUpload(app.db, actor, event.params.id);
    return { status: 200, body: { caseId, next: paths.deskPortfolioCase(caseId) } };
  });
};
