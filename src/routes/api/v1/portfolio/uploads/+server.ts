import { paths } from '#lib/paths.ts';
import { uploadInput } from '#lib/server/domain/portfolio/input.ts';
import { beginPictureUpload } from '#lib/server/domain/portfolio/upload-picture.ts';
import { jsonEndpoint, jsonInput } from '#lib/server/http/json.ts';
import { requirePractitioner } from '#lib/server/http/guards.ts';
import type { RequestHandler } from './$types';

/** Begins to take a picture piece by piece; the same file for the same place goes on where it stopped. */
export const POST: RequestHandler = async (event) => {
  requirePractitioner(event);
  return jsonEndpoint(async () => {
    const input = await jsonInput(event, uploadInput);
    const progress = await beginPictureUpload(event.locals.app.db, event.locals.actor, input);
    return { status: 201, body: progress, headers: { location: paths.portfolioUpload(progress.id) } };
  });
};
