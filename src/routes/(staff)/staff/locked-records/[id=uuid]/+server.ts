import { readLockedRecord } from '#lib/server/domain/privacy/locked-records.ts';
import { requireStaff, shown } from '#lib/server/http/guards.ts';
import { sendCopy } from '#lib/server/http/send-copy.ts';
import type { RequestHandler } from './$types';

/** A locked record, for the operator who has it open. */
export const GET: RequestHandler = async (event) => {
  requireStaff(event, 'operator');
  const { app, actor } = event.locals;
  const copy = await shown(() => readLockedRecord(app.db, actor, event.params.id, app.config.publicUrl));
  return sendCopy(copy, 'locked-record.json');
};
