import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { takeCopy } from '#lib/server/domain/privacy/take-copy.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import { needsProof } from '#lib/server/http/proof.ts';
import { sendCopy } from '#lib/server/http/send-copy.ts';
import type { RequestHandler } from './$types';

/** Everything that is held about whoever asks, as one JSON file; for who has shown lately who they are. */
export const GET: RequestHandler = async (event) => {
  const viewer = requireViewer(event);
  if (needsProof(event, viewer, 'account')) redirect(303, paths.privacy());
  const { config, db, limits } = event.locals.app;
  return sendCopy(
    await shown(async () => {
      await limits.take('copyByAccount', viewer.accountId);
      return takeCopy(db, viewer, config.publicUrl);
    }),
    'steadyhand-data.json',
  );
};
