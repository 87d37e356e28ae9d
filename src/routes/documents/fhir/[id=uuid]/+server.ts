import { paths } from '#lib/paths.ts';
import { exportRecord } from '#lib/server/domain/records/reads.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import { recordBundle } from '#lib/server/interop/fhir/record.ts';
import type { RequestHandler } from './$types';

/** A record as a FHIR R4 Bundle, to be taken to another system. */
export const GET: RequestHandler = async (event) => {
  requireViewer(event);
  const { app, actor } = event.locals;
  const { record, photos, madeAt } = await shown(() => exportRecord(app.db, actor, event.params.id));
  const paper = (name: 'prescription' | 'consent' | 'treatment-card', id: string) =>
    new URL(paths.paper(name, id), app.config.publicUrl).href;
  return new Response(JSON.stringify(recordBundle(record, { madeAt, paper, photos })), {
    headers: {
      'content-type': 'application/fhir+json',
      'content-disposition': 'attachment; filename="record.fhir.json"',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
      'cache-control': 'no-store',
    },
  });
};
